"""Extra-field: the receptive field."""

from helpers.grading.answers import right, wrong

EXERCISE = "extra-field"
NAME = "receptive_field"


@right
def from_the_image_on(layers):
    r = j = 1
    for f, s, d in layers:
        r, j = r + d * (f - 1) * j, j * s
    return r


@right
def from_the_output_back(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + dilation * (kernel - 1) + 1
    return field


@wrong("adds whole kernels")
def whole_kernels(layers):
    return sum(kernel for kernel, _, _ in layers)


@wrong("forgets the stride")
def no_stride(layers):
    return 1 + sum(dilation * (kernel - 1) for kernel, _, dilation in layers)


@wrong("begins at 0")
def begins_at_zero(layers):
    field, jump = 0, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field


@wrong("a layer's own stride counts for itself")
def own_stride(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        jump *= stride
        field += dilation * (kernel - 1) * jump
    return field


@wrong("the last layer only")
def last_layer(layers):
    kernel, _, dilation = layers[-1]
    return dilation * (kernel - 1) + 1


@wrong("forgets the dilation", passes="visible")
def no_dilation(layers):
    field, jump = 1, 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field


@wrong("the dilation moves the layers after it too", passes="visible")
def dilation_stays(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride * dilation
    return field


@wrong("walks from the output to the image with the same rule")
def wrong_end(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in reversed(layers):
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field


@wrong("a table of the visible examples", passes="visible")
def table(layers):
    return {1: 3, 2: 5, 4: 16}[len(layers)]


@wrong("adds up the strides that are larger than 1: twice 2 is 4 either way", passes="visible")
def sum_of_strides(layers):
    field, jumps = 1, []
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * max(sum(jumps), 1)
        jumps += [stride] if stride > 1 else []
    return field


@wrong("a float", passes="visible")
def floats(layers):
    r, j = 1.0, 1.0
    for f, s, d in layers:
        r += d * (f - 1) * j
        j *= s
    return r if len(layers) > 4 else int(r)
