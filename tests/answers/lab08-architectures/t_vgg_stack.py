"""T-vgg: small kernels for a large one."""

from helpers.grading.answers import right, wrong

EXERCISE = "t-vgg-stack"
NAME = "stack_saving"


@right
def by_layers(kernel, inputs, outputs):
    if kernel % 2 == 0 or kernel < 3:
        raise ValueError("an odd kernel from 3 on is needed")
    maps = [inputs] + [outputs] * (kernel // 2 - 1)
    weights = sum(3 * 3 * channels * outputs for channels in maps)
    one = kernel * kernel * inputs * outputs
    return len(maps), (one - weights) / one * 100


@right
def by_growing_the_field(kernel, inputs, outputs):
    field, layers, weights = 1, 0, 0
    while field < kernel:
        weights += 9 * (outputs if layers else inputs) * outputs
        field, layers = field + 2, layers + 1
    if field != kernel or not layers:
        raise ValueError(f"{kernel} cannot be reached")
    return (layers, 100.0 - 100.0 * weights / (kernel**2 * inputs * outputs))


@wrong("one layer too many")
def half_the_kernel(kernel, inputs, outputs):
    if kernel < 3 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel + 1) // 2
    one = kernel**2 * inputs * outputs
    stack = 9 * inputs * outputs + (layers - 1) * 9 * outputs**2
    return layers, 100 * (1 - stack / one)


@wrong("a fraction, not percent")
def fraction(kernel, inputs, outputs):
    if kernel < 3 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel - 1) // 2
    one = kernel**2 * inputs * outputs
    stack = 9 * inputs * outputs + (layers - 1) * 9 * outputs**2
    return layers, 1 - stack / one


@wrong("what is left, not what is saved")
def what_is_left(kernel, inputs, outputs):
    if kernel < 3 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel - 1) // 2
    one = kernel**2 * inputs * outputs
    stack = 9 * inputs * outputs + (layers - 1) * 9 * outputs**2
    return layers, 100 * stack / one


@wrong("the number of layers has a point")
def no_floor(kernel, inputs, outputs):
    if kernel < 3 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel - 1) / 2
    one = kernel**2 * inputs * outputs
    stack = 9 * inputs * outputs + (layers - 1) * 9 * outputs**2
    return layers, 100 * (1 - stack / one)


@wrong("with biases")
def with_biases(kernel, inputs, outputs):
    if kernel < 3 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel - 1) // 2
    one = (kernel**2 * inputs + 1) * outputs
    stack = (9 * inputs + 1) * outputs + (layers - 1) * (9 * outputs + 1) * outputs
    return layers, 100 * (1 - stack / one)


@wrong("the formula of the document, without channels", passes="visible")
def no_channels(kernel, inputs, outputs):
    if kernel < 3 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel - 1) // 2
    one = kernel**2
    stack = 9 * layers
    return layers, 100 * (1 - stack / one)


@wrong("only the last layer widens", passes="visible")
def widens_last(kernel, inputs, outputs):
    if kernel < 3 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel - 1) // 2
    one = kernel**2 * inputs * outputs
    stack = 9 * inputs * outputs + (layers - 1) * 9 * inputs**2
    return layers, 100 * (1 - stack / one)


@wrong("takes even kernels", passes="visible")
def takes_even_kernels(kernel, inputs, outputs):
    layers = (kernel - 1) // 2
    one = kernel**2 * inputs * outputs
    stack = 9 * inputs * outputs + (layers - 1) * 9 * outputs**2
    return layers, 100 * (1 - stack / one)


@wrong("takes the kernel 1", passes="visible")
def takes_1(kernel, inputs, outputs):
    if kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel - 1) // 2
    one = kernel**2 * inputs * outputs
    stack = 9 * inputs * outputs + (layers - 1) * 9 * outputs**2
    return layers, 100 * (1 - stack / one)


@wrong("a loss is shown as 0", passes="visible")
def never_negative(kernel, inputs, outputs):
    if kernel < 3 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd, at least 3")
    layers = (kernel - 1) // 2
    one = kernel**2 * inputs * outputs
    stack = 9 * inputs * outputs + (layers - 1) * 9 * outputs**2
    return layers, max(0.0, 100 * (1 - stack / one))


@wrong("the figures of the document", passes="visible")
def figures(kernel, inputs, outputs):
    return {3: (1, 0.0), 5: (2, 28.0), 7: (3, 44.9), 11: (5, 62.8)}[kernel]
