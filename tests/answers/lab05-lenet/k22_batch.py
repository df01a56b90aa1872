"""K22: from the columns of a matrix to batch × channel × height × width."""

from helpers.grading.answers import right, wrong

EXERCISE = "k22-batch"
NAME = "to_batch"


@right
def the_long_way(columns, height=28, width=28):
    return np.moveaxis(columns.reshape(height, width, 1, -1), [2, 3], [1, 0])


@right
def the_short_way(columns, height=28, width=28):
    return columns.T.reshape(-1, 1, height, width)


@right
def by_transposing_four_axes(columns, height=28, width=28):
    return columns.reshape(height, width, 1, columns.shape[1]).transpose(3, 2, 0, 1)


@wrong("a reshape alone: noise")
def reshape_alone(columns, height=28, width=28):
    return columns.reshape(-1, 1, height, width)


@wrong("rows and columns of the image are exchanged")
def transposed_images(columns, height=28, width=28):
    return columns.reshape(height, width, 1, -1).T


@wrong("no channel")
def no_channel(columns, height=28, width=28):
    return columns.T.reshape(-1, height, width)


@wrong("the channel comes last")
def channel_last(columns, height=28, width=28):
    return columns.T.reshape(-1, height, width, 1)


@wrong("the images come last")
def batch_last(columns, height=28, width=28):
    return columns.reshape(height, width, 1, -1)


@wrong("height and width exchanged", passes="visible")
def height_for_width(columns, height=28, width=28):
    return columns.T.reshape(-1, 1, width, height)


@wrong("always 28 × 28", passes="visible")
def always_28(columns, height=28, width=28):
    return columns.T.reshape(-1, 1, 28, 28)


@wrong("changes the dtype", passes="visible")
def whole_numbers_only(columns, height=28, width=28):
    return columns.T.reshape(-1, 1, height, width).astype(np.int64)


@wrong("reads the numbers as they lie in memory", passes="visible")
def as_in_memory(columns, height=28, width=28):
    return columns.ravel(order="K").reshape(-1, 1, height, width)


@right
def image_by_image(columns, height=28, width=28):
    return np.stack([column.reshape(1, height, width) for column in columns.T])
