"""W-transition, part 2: two more layers."""

from torch import nn

from helpers.grading.answers import changed, right, wrong

EXERCISE = "w-transition-cnn"
NAME = "make_cnn"


@right
def with_make_fnn(shape, kernels=16, pool=2, hidden=100, classes=10):
    c, h, w = shape
    head = make_fnn((kernels, h // pool, w // pool), hidden, classes)
    return nn.Sequential(nn.Conv2d(c, kernels, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(pool, pool), *head)


@right
def all_written_out(shape, kernels=16, pool=2, hidden=100, classes=10):
    inputs = kernels * int(shape[1] / pool) * int(shape[2] / pool)
    return nn.Sequential(
        nn.Conv2d(shape[0], kernels, kernel_size=5, padding=2),
        nn.MaxPool2d(pool),
        nn.ReLU(),  # after the pooling it comes to the same
        nn.Flatten(),
        nn.Linear(inputs, hidden),
        nn.ReLU(),
        nn.Linear(hidden, classes),
    )


@wrong("no same padding")
def valid_padding(shape, kernels=16, pool=2, hidden=100, classes=10):
    c, h, w = shape
    head = make_fnn((kernels, (h - 4) // pool, (w - 4) // pool), hidden, classes)
    return nn.Sequential(nn.Conv2d(c, kernels, 5), nn.ReLU(), nn.MaxPool2d(pool), *head)


small_kernels = changed(
    with_make_fnn,
    '5, padding="same"), nn.ReLU(), nn.MaxPool2d(pool, pool',
    "3, padding=1), nn.ReLU(), nn.MaxPool2d(pool",
    wrong="kernels of 3×3",
)


@wrong("the feedforward network is built for the image")
def head_for_the_image(shape, kernels=16, pool=2, hidden=100, classes=10):
    layers = nn.Conv2d(shape[0], kernels, 5, padding=2), nn.ReLU(), nn.MaxPool2d(pool)
    return nn.Sequential(*layers, *make_fnn(shape, hidden, classes))


@wrong("always pools by 2")
def pools_by_two(shape, kernels=16, pool=2, hidden=100, classes=10):
    c, h, w = shape
    head = make_fnn((kernels, h // 2, w // 2), hidden, classes)
    return nn.Sequential(nn.Conv2d(c, kernels, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), *head)


@wrong("no pooling")
def no_pooling(shape, kernels=16, pool=2, hidden=100, classes=10):
    c, h, w = shape
    return nn.Sequential(nn.Conv2d(c, kernels, 5, padding=2), nn.ReLU(), *make_fnn((kernels, h, w), hidden, classes))


average = changed(
    with_make_fnn,
    '"same"), nn.ReLU(), nn.MaxPool2d(pool, pool',
    "2), nn.ReLU(), nn.AvgPool2d(pool",
    wrong="average pooling",
    passes="visible",
)
no_relu = changed(
    with_make_fnn,
    '"same"), nn.ReLU(), nn.MaxPool2d(pool, pool',
    "2), nn.MaxPool2d(pool",
    wrong="no ReLU after the convolution",
    passes="visible",
)


@wrong("always one input channel", passes="visible")
def grey_only(shape, kernels=16, pool=2, hidden=100, classes=10):
    _, h, w = shape
    head = make_fnn((kernels, h // pool, w // pool), hidden, classes)
    return nn.Sequential(nn.Conv2d(1, kernels, 5, padding=2), nn.ReLU(), nn.MaxPool2d(pool), *head)


@wrong("takes the width for the height", passes="visible")
def square_only(shape, kernels=16, pool=2, hidden=100, classes=10):
    head = make_fnn((kernels, shape[1] // pool, shape[1] // pool), hidden, classes)
    return nn.Sequential(nn.Conv2d(shape[0], kernels, 5, padding=2), nn.ReLU(), nn.MaxPool2d(pool), *head)


@wrong("forgets hidden and classes", passes="visible")
def fixed_head(shape, kernels=16, pool=2, hidden=100, classes=10):
    c, h, w = shape
    head = make_fnn((kernels, h // pool, w // pool))
    return nn.Sequential(nn.Conv2d(c, kernels, 5, padding=2), nn.ReLU(), nn.MaxPool2d(pool), *head)


@wrong("rounds the pooled size up", passes="visible")
def rounds_up(shape, kernels=16, pool=2, hidden=100, classes=10):
    c, h, w = shape
    head = make_fnn((kernels, -(-h // pool), -(-w // pool)), hidden, classes)
    return nn.Sequential(nn.Conv2d(c, kernels, 5, padding=2), nn.ReLU(), nn.MaxPool2d(pool, ceil_mode=True), *head)


@wrong("the border repeats the edge", passes="visible")
def replicates(shape, kernels=16, pool=2, hidden=100, classes=10):
    c, h, w = shape
    convolution = nn.Conv2d(c, kernels, 5, padding=2, padding_mode="replicate")
    head = make_fnn((kernels, h // pool, w // pool), hidden, classes)
    return nn.Sequential(convolution, nn.ReLU(), nn.MaxPool2d(pool), *head)


@right
def a_network_inside(shape, kernels=16, pool=2, hidden=100, classes=10):
    c, h, w = shape
    front = nn.Sequential(nn.Conv2d(c, kernels, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(pool))
    return nn.Sequential(front, make_fnn((kernels, h // pool, w // pool), hidden=hidden, classes=classes))
