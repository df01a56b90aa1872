"""K9: all numbers of a matrix, column by column."""

from helpers.grading.answers import right, wrong

EXERCISE = "k9-columns"
NAME = "by_columns"


@right
def contiguous_view(x):
    return x.t().contiguous().view(-1)


@right
def joined_columns(x):
    return torch.cat(x.unbind(dim=1))


@wrong("view of a transposed matrix fails")
def plain_view(x):
    return x.t().view(-1)


@wrong("row by row")
def by_rows(x):
    return x.reshape(-1)


@wrong("reshape is no transposition")
def reshaped(x):
    return x.reshape(x.shape[1], x.shape[0]).reshape(-1)


@wrong("still a matrix")
def transposed(x):
    return x.t()


@wrong("a list, not a tensor")
def as_list(x):
    return x.t().reshape(-1).tolist()


@wrong("from the last column to the first")
def backwards(x):
    return x.t().flip(0).reshape(-1)


@wrong("fits two rows only", passes="visible")
def two_rows(x):
    return torch.stack((x[0], x[1]), dim=1).reshape(-1)


@wrong("reads the memory with strides, as if every x were contiguous", passes="visible")
def as_if_contiguous(x):
    rows, columns = x.shape
    return x.as_strided((columns, rows), (1, columns)).reshape(-1)


@wrong("makes whole numbers", passes="visible")
def as_integers(x):
    return x.t().reshape(-1).to(torch.int64)


@right
def permuted(x):
    return torch.permute(x, (1, 0)).flatten()


@wrong("a loop over the columns")
def column_loop(x):
    return torch.cat([x[:, column] for column in range(x.shape[1])])


@wrong("a loop over all numbers")
def number_loop(x):
    numbers = [x[row, column] for column in range(x.shape[1]) for row in range(x.shape[0])]
    return torch.stack(numbers)


@wrong("a loop over the rows, that fill every so-manieth place")
def row_loop(x):
    out = x.new_empty(x.numel())
    for row in range(x.shape[0]):
        out[row :: x.shape[0]] = x[row]
    return out


@wrong("a loop over lists")
def list_loop(x):
    return torch.tensor([number for column in zip(*x.tolist(), strict=True) for number in column], dtype=x.dtype)


@wrong("through NumPy: fails on a GPU", passes="visible")
def through_numpy(x):
    return torch.from_numpy(x.numpy().flatten(order="F"))


@wrong("back to the CPU in any case", passes="visible")
def on_the_cpu(x):
    return x.t().reshape(-1).cpu()
