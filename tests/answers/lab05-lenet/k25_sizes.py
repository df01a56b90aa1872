"""K25 and E-lenet: the sizes after every layer."""

from helpers.grading.answers import right, wrong

EXERCISE = "k25-sizes"
NAME = "lenet_sizes"


@right
def by_hand(height, width, channels=(6, 16)):
    a, b = channels
    conv1 = (a, height - 4, width - 4)
    pool1 = (a, conv1[1] // 2, conv1[2] // 2)
    conv2 = (b, pool1[1] - 4, pool1[2] - 4)
    pool2 = (b, conv2[1] // 2, conv2[2] // 2)
    return [conv1, pool1, conv2, pool2, (pool2[0] * pool2[1] * pool2[2],)]


@right
def by_running_the_layers(height, width, channels=(6, 16)):
    x, shapes, inputs = torch.zeros(1, 1, height, width), [], 1
    for maps in channels:
        for layer in (nn.Conv2d(inputs, maps, 5), nn.MaxPool2d(2)):
            x = layer(x)
            shapes.append(tuple(x.shape[1:]))
        inputs = maps
    return [*shapes, (x.numel(),)]


@wrong("5 off each side, not 4")
def five_off(height, width, channels=(6, 16)):
    shapes = []
    for maps in channels:
        height, width = height - 5, width - 5
        shapes.append((maps, height, width))
        height, width = height // 2, width // 2
        shapes.append((maps, height, width))
    return [*shapes, (channels[-1] * height * width,)]


@wrong("sizes with a point")
def no_floor(height, width, channels=(6, 16)):
    shapes = []
    for maps in channels:
        height, width = height - 4, width - 4
        shapes.append((maps, height, width))
        height, width = height / 2, width / 2
        shapes.append((maps, height, width))
    return [*shapes, (channels[-1] * height * width,)]


@wrong("no pooling")
def no_pooling(height, width, channels=(6, 16)):
    shapes = []
    for maps in channels:
        height, width = height - 4, width - 4
        shapes += [(maps, height, width)] * 2
    return [*shapes, (channels[-1] * height * width,)]


@wrong("always LeNet's own channels")
def built_in_channels(height, width, channels=(6, 16)):
    h, w = (height - 4) // 2, (width - 4) // 2
    u, v = (h - 4) // 2, (w - 4) // 2
    return [(6, height - 4, width - 4), (6, h, w), (16, h - 4, w - 4), (16, u, v), (16 * u * v,)]


@wrong("the third layer's inputs as one number of a map")
def one_map_only(height, width, channels=(6, 16)):
    h, w = (height - 4) // 2, (width - 4) // 2
    u, v = (h - 4) // 2, (w - 4) // 2
    a, b = channels
    return [(a, height - 4, width - 4), (a, h, w), (b, h - 4, w - 4), (b, u, v), (u * v,)]


@wrong("rounds up, as some course notes do", passes="visible")
def rounds_up(height, width, channels=(6, 16)):
    shapes = []
    for maps in channels:
        height, width = height - 4, width - 4
        shapes.append((maps, height, width))
        height, width = -(-height // 2), -(-width // 2)
        shapes.append((maps, height, width))
    return [*shapes, (channels[-1] * height * width,)]


@wrong("height and width exchanged", passes="visible")
def height_for_width(height, width, channels=(6, 16)):
    shapes = []
    for maps in channels:
        height, width = height - 4, width - 4
        shapes.append((maps, width, height))
        height, width = height // 2, width // 2
        shapes.append((maps, width, height))
    return [*shapes, (channels[-1] * height * width,)]


@wrong("takes every image for square", passes="visible")
def square_only(height, width, channels=(6, 16)):
    (a, b), first = channels, (height - 4) // 2
    second = (first - 4) // 2
    sides = [(a, height - 4), (a, first), (b, first - 4), (b, second)]
    return [*((maps, side, side) for maps, side in sides), (b * second**2,)]
