"""L7-saving: multiplications of an ordinary convolution, and of a separated one."""

from helpers.grading.answers import right, wrong

EXERCISE = "l7-saving"
NAME = "multiplications"


@right
def formula(inputs, outputs, kernel, height, width):
    area = kernel * kernel
    return height * width * area * inputs * outputs, height * width * inputs * (area + outputs)


@right
def from_weights(inputs, outputs, kernel, height, width):
    ordinary = nn.Conv2d(inputs, outputs, kernel, bias=False)
    depthwise = nn.Conv2d(inputs, inputs, kernel, groups=inputs, bias=False)
    pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)
    counts = [layer.weight.numel() * height * width for layer in (ordinary, depthwise, pointwise)]
    return counts[0], counts[1] + counts[2]


@wrong("the two swapped")
def swapped(inputs, outputs, kernel, height, width):
    places = height * width
    return places * inputs * (kernel**2 + outputs), places * kernel**2 * inputs * outputs


@wrong("the kernel's side is not squared")
def side_of_the_kernel(inputs, outputs, kernel, height, width):
    places = height * width
    return places * kernel * inputs * outputs, places * (kernel * inputs + inputs * outputs)


@wrong("parameters, not multiplications")
def parameters(inputs, outputs, kernel, height, width):
    return kernel**2 * inputs * outputs, kernel**2 * inputs + inputs * outputs


@wrong("the pointwise part once, not at each place")
def brackets(inputs, outputs, kernel, height, width):
    places = height * width
    return places * kernel**2 * inputs * outputs, places * kernel**2 * inputs + inputs * outputs


@wrong("floats, from the ratio")
def by_ratio(inputs, outputs, kernel, height, width):
    ordinary = height * width * kernel**2 * inputs * outputs
    return ordinary, ordinary * (1 / outputs + 1 / kernel**2)


@wrong("depthwise kernels for each output", passes="visible")
def depthwise_outputs(inputs, outputs, kernel, height, width):
    places = height * width
    return places * kernel**2 * inputs * outputs, places * (kernel**2 * outputs + inputs * outputs)


@wrong("square maps only", passes="visible")
def square(inputs, outputs, kernel, height, width):
    return height**2 * kernel**2 * inputs * outputs, height**2 * (kernel**2 * inputs + inputs * outputs)


@wrong("kernels of 3 only", passes="visible")
def nine(inputs, outputs, kernel, height, width):
    places = height * width
    return places * 9 * inputs * outputs, places * (9 * inputs + inputs * outputs)


@wrong("counted with floats, which round what is large", passes="visible")
def floats_inside(inputs, outputs, kernel, height, width):
    places = float(height * width)
    return int(places * kernel**2 * inputs * outputs), int(places * (kernel**2 * inputs + inputs * outputs))
