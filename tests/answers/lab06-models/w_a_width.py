"""W-A, part 1: how many numbers reach the linear layer."""

from helpers.grading.answers import right, wrong

EXERCISE = "w-a-width"
NAME = "fc_inputs"


@right
def by_asking_pytorch(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError("padding must be same or valid")
    layers = nn.Sequential(
        nn.Conv2d(1, 1, kernel, padding=padding),
        nn.MaxPool2d(pool),
        nn.Conv2d(1, channels, kernel, padding=padding),
        nn.MaxPool2d(pool),
    )
    with torch.no_grad():
        return layers(torch.zeros(1, 1, height, width)).numel()


@right
def with_an_inner_function(height, width, padding, kernel=5, pool=2, channels=32):
    zeros = {"same": (kernel - 1) // 2, "valid": 0}
    if padding not in zeros:
        raise ValueError(padding)

    def side_after(side):
        for _ in range(2):
            side = side - kernel + 2 * zeros[padding] + 1
            side = side // pool
        return side

    return channels * side_after(height) * side_after(width)


@right
def case_by_case(height, width, padding, kernel=5, pool=2, channels=32):
    if padding == "same":
        return channels * (height // pool // pool) * (width // pool // pool)
    if padding == "valid":
        lost = kernel - 1
        rows = ((height - lost) // pool - lost) // pool
        columns = ((width - lost) // pool - lost) // pool
        return channels * rows * columns
    raise ValueError(f"unknown padding {padding}")


@wrong("divides with a point")
def with_a_point(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    zeros = (kernel - 1) / 2 if padding == "same" else 0
    for _ in range(2):
        height = (height - kernel + 2 * zeros + 1) / pool
        width = (width - kernel + 2 * zeros + 1) / pool
    return channels * height * width


@wrong("forgets to add 1")
def no_plus_one(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    zeros = (kernel - 1) // 2 if padding == "same" else 0
    for _ in range(2):
        height = (height - kernel + 2 * zeros) // pool
        width = (width - kernel + 2 * zeros) // pool
    return channels * height * width


@wrong("counts the padding on one side only")
def one_side(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    zeros = (kernel - 1) // 2 if padding == "same" else 0
    for _ in range(2):
        height = (height - kernel + zeros + 1) // pool
        width = (width - kernel + zeros + 1) // pool
    return channels * height * width


@wrong("one round only")
def one_round(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    zeros = (kernel - 1) // 2 if padding == "same" else 0
    height = (height - kernel + 2 * zeros + 1) // pool
    width = (width - kernel + 2 * zeros + 1) // pool
    return channels * height * width


@wrong("one map in place of all")
def without_channels(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    zeros = (kernel - 1) // 2 if padding == "same" else 0
    for _ in range(2):
        height = (height - kernel + 2 * zeros + 1) // pool
        width = (width - kernel + 2 * zeros + 1) // pool
    return height * width


@wrong("the two numbers of the document", passes="visible")
def two_numbers(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    return 32 * 7 * 7 if padding == "same" else 32 * 4 * 4


@wrong("takes the image for square", passes="visible")
def square(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    zeros = (kernel - 1) // 2 if padding == "same" else 0
    for _ in range(2):
        height = (height - kernel + 2 * zeros + 1) // pool
    return channels * height * height


@wrong("rounds at the end, not after each pooling", passes="visible")
def rounds_late(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    zeros = (kernel - 1) // 2 if padding == "same" else 0
    for _ in range(2):
        height = (height - kernel + 2 * zeros + 1) / pool
        width = (width - kernel + 2 * zeros + 1) / pool
    return int(channels * height * width)


@wrong("padding 2 is built in", passes="visible")
def padding_of_five(height, width, padding, kernel=5, pool=2, channels=32):
    if padding not in ("same", "valid"):
        raise ValueError(padding)
    zeros = 2 if padding == "same" else 0
    for _ in range(2):
        height = (height - kernel + 2 * zeros + 1) // pool
        width = (width - kernel + 2 * zeros + 1) // pool
    return channels * height * width


@wrong("takes every other word for valid", passes="visible")
def any_word(height, width, padding, kernel=5, pool=2, channels=32):
    zeros = (kernel - 1) // 2 if padding == "same" else 0
    for _ in range(2):
        height = (height - kernel + 2 * zeros + 1) // pool
        width = (width - kernel + 2 * zeros + 1) // pool
    return channels * height * width
