"""K10: a row times a matrix."""

from helpers.grading.answers import right, wrong

EXERCISE = "k10-product"
NAME = "row_times_matrix"


@right
def with_reshape(x, y):
    n, m = x.shape[0], y.shape[0]
    return torch.mm(x.reshape(1, n * n), y.reshape(n * n, m))


@right
def with_flatten(x, y):
    row = x.flatten()
    return (row @ y.flatten().view(len(row), -1)).unsqueeze(0)


@wrong("transposes y")
def transposed(x, y):
    return torch.mm(x.reshape(1, -1), y.t())


@wrong("nothing reshaped: the shapes do not fit")
def as_they_are(x, y):
    return torch.mm(x, y)


@wrong("a column in place of a row")
def column(x, y):
    return torch.mm(y, x.reshape(-1, 1))


@wrong("one dimension only")
def one_dimension(x, y):
    return torch.mv(y.reshape(-1, y.shape[0]).t(), x.reshape(-1))


@wrong("the sizes of the document only")
def fixed_sizes(x, y):
    return torch.mm(x.reshape(1, 100), y.reshape(100, 2))


@wrong("x transposed")
def x_transposed(x, y):
    return torch.mm(x.t().reshape(1, -1), y.reshape(-1, y.shape[0]))


@wrong("always two columns", passes="visible")
def two_columns(x, y):
    return torch.mm(x.reshape(1, -1), y.reshape(-1, 2))


@wrong("view fails where x is not contiguous", passes="visible")
def plain_view(x, y):
    return torch.mm(x.view(1, -1), y.view(-1, y.shape[0]))


@wrong("float32 in any case", passes="visible")
def as_floats(x, y):
    return torch.mm(x.reshape(1, -1).float(), y.reshape(-1, y.shape[0]).float())


@right
def by_matmul(x, y):
    return x.reshape(1, -1) @ y.reshape(x.numel(), -1)


@wrong("view fails where y is not contiguous", passes="visible")
def viewed_y(x, y):
    return torch.mm(x.reshape(1, -1), y.view(-1, y.shape[0]))


@wrong("computes in float32: large whole numbers are rounded", passes="visible")
def through_floats(x, y):
    if x.is_floating_point():
        return torch.mm(x.reshape(1, -1), y.reshape(-1, y.shape[0]))
    return torch.mm(x.reshape(1, -1).float(), y.reshape(-1, y.shape[0]).float()).to(x.dtype)


@wrong("takes the numbers of a transposed x as they lie in memory", passes="visible")
def memory_order(x, y):
    row = x.as_strided((1, x.numel()), (x.numel(), 1))
    return torch.mm(row, y.reshape(-1, y.shape[0]))


@wrong("computes in float64, which has fewer digits than whole numbers", passes="visible")
def through_float64(x, y):
    row, matrix = x.double().reshape(1, -1), y.double().reshape(x.numel(), -1)
    return (row @ matrix).to(x.dtype)
