"""K7: one place in all matrices of a stack."""

from helpers.grading.answers import right, wrong

EXERCISE = "k7-through"
NAME = "through"


@right
def by_colon(z, row, column):
    return z[:, row - 1, column - 1], len(z)


@right
def by_loop(z, row, column):
    elements = [matrix[row - 1, column - 1] for matrix in z]
    return torch.stack(elements), len(elements)


@wrong("a whole row of one matrix")
def one_row(z, row, column):
    elements = z[-1, row - 1]
    return elements, elements.numel()


@wrong("counts from 1")
def off_by_one(z, row, column):
    elements = z[:, row % z.shape[1], column % z.shape[2]]
    return elements, elements.numel()


@wrong("the elements only")
def without_count(z, row, column):
    return z[:, row - 1, column - 1]


@wrong("counts all numbers of z")
def counts_all(z, row, column):
    return z[:, row - 1, column - 1], z.numel()


@wrong("keeps dimensions of size 1")
def kept_dimensions(z, row, column):
    elements = z[:, row - 1 : row, column - 1]
    return elements, elements.numel()


@wrong("only the first two matrices", passes="visible")
def first_two(z, row, column):
    return z[:2, row - 1, column - 1], 2


@wrong("a table of the indices of the document", passes="visible")
def fixed(z, row, column):
    return z[:, 4, 2], z.shape[0]


@wrong("always the last place", passes="visible")
def last(z, row, column):
    return z[:, -1, -1], z.shape[0]


@wrong("makes the numbers float32", passes="visible")
def as_floats(z, row, column):
    elements = torch.tensor([float(matrix[row - 1, column - 1]) for matrix in z])
    return elements, len(elements)
