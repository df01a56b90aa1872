"""E-deeplenet: the size after every layer."""

from helpers.grading.answers import right, wrong

EXERCISE = "e-deeplenet-sizes"
NAME = "deeplenet_sizes"


@right
def with_a_loop(height, width):
    shapes = []
    for maps, kernel in [(32, 5), (64, 3), (128, 3)]:
        height, width = height - kernel + 1, width - kernel + 1
        shapes.append((maps, height, width))
        height, width = height // 2, width // 2
        if height < 1 or width < 1:
            raise ValueError("too small")
        shapes.append((maps, height, width))
    return [*shapes, (128 * height * width,)]


@right
def with_the_layers(height, width):
    x, shapes = torch.zeros(1, 3, height, width), []
    for layer in (nn.Conv2d(3, 32, 5), nn.Conv2d(32, 64, 3), nn.Conv2d(64, 128, 3)):
        try:
            x = layer(x)
            shapes.append(tuple(x.shape[1:]))
            x = F.max_pool2d(x, 2)
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        shapes.append(tuple(x.shape[1:]))
    return [*shapes, (x.numel(),)]


@right
def checked_first(height, width):
    if min(height, width) < 24:
        raise ValueError(f"24 x 24 is the smallest image, this is {height} x {width}")
    a, b = [side - 4 for side in (height, width)], [(side - 4) // 2 for side in (height, width)]
    c, d = [side - 2 for side in b], [(side - 2) // 2 for side in b]
    e, f = [side - 2 for side in d], [(side - 2) // 2 for side in d]
    return [(32, *a), (32, *b), (64, *c), (64, *d), (128, *e), (128, *f), (128 * f[0] * f[1],)]


@wrong("a point in every size")
def floats(height, width):
    shapes = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        height, width = height - kernel + 1, width - kernel + 1
        shapes.append((maps, height, width))
        height, width = height / 2, width / 2
        shapes.append((maps, height, width))
    if height < 1:
        raise ValueError("too small")
    return [*shapes, (128 * height * width,)]


@wrong("5×5 kernels everywhere")
def fives(height, width):
    shapes = []
    for maps in (32, 64, 128):
        height, width = height - 4, width - 4
        shapes.append((maps, height, width))
        height, width = height // 2, width // 2
        shapes.append((maps, height, width))
    return [*shapes, (128 * height * width,)]


@wrong("the channels of the flattened maps forgotten")
def flat_without_channels(height, width):
    shapes = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        height, width = height - kernel + 1, width - kernel + 1
        shapes.append((maps, height, width))
        height, width = height // 2, width // 2
        shapes.append((maps, height, width))
    if height < 1 or width < 1:
        raise ValueError("too small")
    return [*shapes, (height * width,)]


@wrong("no error where nothing is left")
def no_error(height, width):
    shapes = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        height, width = height - kernel + 1, width - kernel + 1
        shapes.append((maps, height, width))
        height, width = height // 2, width // 2
        shapes.append((maps, height, width))
    return [*shapes, (128 * height * width,)]


@wrong("the convolution takes the whole kernel off")
def off_by_one(height, width):
    shapes = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        height, width = height - kernel, width - kernel
        shapes.append((maps, height, width))
        height, width = height // 2, width // 2
        shapes.append((maps, height, width))
    return [*shapes, (128 * height * width,)]


@wrong("a table of the visible example", passes="visible")
def a_table(height, width):
    if height < 24:
        raise ValueError("too small")
    return [(32, 28, 28), (32, 14, 14), (64, 12, 12), (64, 6, 6), (128, 4, 4), (128, 2, 2), (512,)]


@wrong("pooling rounds up", passes="visible")
def rounds_up(height, width):
    shapes = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        height, width = height - kernel + 1, width - kernel + 1
        shapes.append((maps, height, width))
        height, width = -(-height // 2), -(-width // 2)
        shapes.append((maps, height, width))
    if height < 1 or width < 1:
        raise ValueError("too small")
    return [*shapes, (128 * height * width,)]


@wrong("looks at the height only", passes="visible")
def squares_only(height, width):
    shapes = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        height = height - kernel + 1
        shapes.append((maps, height, height))
        height = height // 2
        shapes.append((maps, height, height))
    if height < 1:
        raise ValueError("too small")
    return [*shapes, (128 * height * height,)]


@wrong("looks only at the end whether the height is left", passes="visible")
def checks_the_height(height, width):
    shapes = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        height, width = height - kernel + 1, width - kernel + 1
        shapes.append((maps, height, width))
        height, width = height // 2, width // 2
        shapes.append((maps, height, width))
    if height < 1:
        raise ValueError("too small")
    return [*shapes, (128 * height * width,)]


@wrong("the smallest image wrong by one", passes="visible")
def too_strict(height, width):
    if min(height, width) <= 24:
        raise ValueError("too small")
    shapes = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        height, width = height - kernel + 1, width - kernel + 1
        shapes.append((maps, height, width))
        height, width = height // 2, width // 2
        shapes.append((maps, height, width))
    return [*shapes, (128 * height * width,)]


@wrong("asks only whether the flattened vector is empty")
def empty_vector(height, width):
    found = []
    for maps, kernel in ((32, 5), (64, 3), (128, 3)):
        found.append((maps, height := height - kernel + 1, width := width - kernel + 1))
        found.append((maps, height := height // 2, width := width // 2))
    if 128 * height * width <= 0:
        raise ValueError("nothing is left")
    return [*found, (128 * height * width,)]
