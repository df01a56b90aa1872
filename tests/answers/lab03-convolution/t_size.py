"""T-size: height and width of the output."""

from helpers.grading.answers import right, wrong

EXERCISE = "t-size"
NAME = "conv_output_shape"


@right
def side_by_side(shape, kernel, stride=1, padding=0, dilation=1):
    def pair(setting):
        return (setting, setting) if isinstance(setting, int) else setting

    (k_h, k_w), (s_h, s_w), (p_h, p_w), (d_h, d_w) = pair(kernel), pair(stride), pair(padding), pair(dilation)
    return conv_output_size(shape[0], k_h, s_h, p_h, d_h), conv_output_size(shape[1], k_w, s_w, p_w, d_w)


@right
def with_the_formula(shape, kernel, stride=1, padding=0, dilation=1):
    sizes = []
    for side in range(2):
        f, s, p, d = (x if isinstance(x, int) else x[side] for x in (kernel, stride, padding, dilation))
        sizes.append((shape[side] + 2 * p - d * (f - 1) - 1) // s + 1)
    return tuple(sizes)


@wrong("width first")
def width_first(shape, kernel, stride=1, padding=0, dilation=1):
    def one(side):
        settings = (x if isinstance(x, int) else x[side] for x in (kernel, stride, padding, dilation))
        return conv_output_size(shape[side], *settings)

    return one(1), one(0)


@wrong("takes numbers, no pairs")
def numbers_only(shape, kernel, stride=1, padding=0, dilation=1):
    return tuple(conv_output_size(n, kernel, stride, padding, dilation) for n in shape)


@wrong("takes pairs, no numbers")
def pairs_only(shape, kernel, stride=(1, 1), padding=(0, 0), dilation=(1, 1)):
    return tuple(conv_output_size(shape[i], kernel[i], stride[i], padding[i], dilation[i]) for i in range(2))


@wrong("the height's kernel for both sides")
def first_of_the_pair(shape, kernel, stride=1, padding=0, dilation=1):
    settings = [x if isinstance(x, int) else x[0] for x in (kernel, stride, padding, dilation)]
    return tuple(conv_output_size(n, *settings) for n in shape)


@wrong("the pair is turned around")
def pair_turned(shape, kernel, stride=1, padding=0, dilation=1):
    def one(side):
        settings = (x if isinstance(x, int) else x[1 - side] for x in (kernel, stride, padding, dilation))
        return conv_output_size(shape[side], *settings)

    return one(0), one(1)


@wrong("only the kernel may be a pair", passes="visible")
def pair_for_the_kernel(shape, kernel, stride=1, padding=0, dilation=1):
    k = (kernel, kernel) if isinstance(kernel, int) else kernel
    return tuple(conv_output_size(shape[i], k[i], stride, padding, dilation) for i in range(2))


@wrong("hands stride and padding over in the wrong order")
def wrong_order(shape, kernel, stride=1, padding=0, dilation=1):
    settings = [(x, x) if isinstance(x, int) else x for x in (kernel, padding, stride, dilation)]
    return tuple(conv_output_size(shape[i], *(pair[i] for pair in settings)) for i in range(2))


@wrong("drops padding and dilation", passes="visible")
def kernel_and_stride(shape, kernel, stride=1, padding=0, dilation=1):
    k, s = ((x, x) if isinstance(x, int) else x for x in (kernel, stride))
    return tuple(conv_output_size(shape[i], k[i], s[i]) for i in range(2))


@wrong("a table of the visible examples", passes="visible")
def table(shape, kernel, stride=1, padding=0, dilation=1):
    return {(28, 28): (24, 24), (32, 48): (15, 23), (32, 32): (30, 28)}[shape]
