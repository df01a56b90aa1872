"""K6 and K7: one element of y, the same one in z, and that place in all matrices of z."""

from helpers.grading.answers import right, wrong

EXERCISE = "k6-element"
NAME = "element"


@right
def index_by_index(y, z, row, column):
    i, j = row - 1, column - 1
    elements = torch.stack([matrix[i, j] for matrix in z])
    return y[i][j].item(), z[1][i][j].item(), elements, len(elements)


@right
def through_lists(y, z, row, column):
    n = z.shape[0]
    return y.tolist()[row - 1][column - 1], z[1].tolist()[row - 1][column - 1], z[:, row - 1, column - 1], n


@right
def flat_index(y, z, row, column):
    place = (row - 1) * y.shape[1] + column - 1
    elements = z.flatten(1)[:, place]
    return y.flatten()[place].item(), elements[1].item(), elements, z.size(0)


@wrong("counts from 1 in the tensor too")
def off_by_one(y, z, row, column):
    i, j = row % y.shape[0], column % y.shape[1]
    return y[i, j].item(), z[1, i, j].item(), z[:, i, j], len(z)


@wrong("reads x, not y, in z")
def first_matrix(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i, j].item(), z[0, i, j].item(), z[:, i, j], len(z)


@wrong("column and row exchanged")
def exchanged(y, z, row, column):
    i, j = column - 1, row - 1
    return y[i, j].item(), z[1, i, j].item(), z[:, i, j], len(z)


@wrong("tensors in place of plain numbers")
def tensors(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i, j], z[1, i, j], z[:, i, j], len(z)


@wrong("without the number of elements")
def without_count(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i, j].item(), z[1, i, j].item(), z[:, i, j]


@wrong("a whole row in place of one element of each matrix")
def one_row(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i, j].item(), z[1, i, j].item(), z[1, i], len(z)


@wrong("counts all numbers of z")
def counts_all(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i, j].item(), z[1, i, j].item(), z[:, i, j], z.numel()


@wrong("keeps a dimension of size 1")
def kept_dimension(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i, j].item(), z[1, i, j].item(), z[:, i : i + 1, j], len(z)


@wrong("always the last element", passes="visible")
def last(y, z, row, column):
    return y[-1, -1].item(), z[1, -1, -1].item(), z[:, -1, -1], len(z)


@wrong("always the indices of the document", passes="visible")
def fixed(y, z, row, column):
    return y[4, 2].item(), z[1, 4, 2].item(), z[:, 4, 2], len(z)


@wrong("takes the last matrix for y", passes="visible")
def last_matrix(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i, j].item(), z[-1, i, j].item(), z[:, i, j], len(z)


@wrong("two matrices, always", passes="visible")
def two_matrices(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i, j].item(), z[1, i, j].item(), z[:2, i, j], 2


@wrong("through float: large whole numbers are rounded", passes="visible")
def through_float(y, z, row, column):
    i, j = row - 1, column - 1
    return float(y[i, j]), float(z[1, i, j]), z[:, i, j], len(z)


@wrong("rounds to a whole number", passes="visible")
def rounded(y, z, row, column):
    i, j = row - 1, column - 1
    return float(round(y[i, j].item())), float(round(z[1, i, j].item())), z[:, i, j], len(z)


@wrong("NumPy's", passes="visible")
def numpy_numbers(y, z, row, column):
    r, c = row - 1, column - 1
    return y.numpy()[r, c], z.numpy()[1, r, c], z[:, r, c], len(z)


@wrong("only those that are not zero", passes="visible")
def not_zero(y, z, row, column):
    r, c = row - 1, column - 1
    return y[r, c].item(), z[1, r, c].item(), z[:, r, c], int(torch.count_nonzero(z[:, r, c]))
