"""K6: one element of y, and the same one in z."""

from helpers.grading.answers import right, wrong

EXERCISE = "k6-element"
NAME = "element"


@right
def with_item(y, z, row, column):
    i, j = row - 1, column - 1
    return y[i][j].item(), z[1][i][j].item()


@right
def through_lists(y, z, row, column):
    return y.tolist()[row - 1][column - 1], z[-1].tolist()[row - 1][column - 1]


@wrong("counts from 1 in the tensor too")
def off_by_one(y, z, row, column):
    return y[row % 5, column % 3].item(), z[1, row % 5, column % 3].item()


@wrong("reads x, not y, in z")
def first_matrix(y, z, row, column):
    return y[row - 1, column - 1].item(), z[0, row - 1, column - 1].item()


@wrong("column and row exchanged")
def exchanged(y, z, row, column):
    return y[column - 1, row - 1].item(), z[1, column - 1, row - 1].item()


@wrong("index out of range: nothing subtracted")
def nothing_subtracted(y, z, row, column):
    return y[row, column].item(), z[1, row, column].item()


@wrong("tensors in place of plain numbers")
def tensors(y, z, row, column):
    return y[row - 1, column - 1], z[1, row - 1, column - 1]


@wrong("whole rows")
def rows(y, z, row, column):
    return y[row - 1].tolist(), z[1, row - 1].tolist()


@wrong("always the last element", passes="visible")
def last(y, z, row, column):
    return y[-1, -1].item(), z[-1, -1, -1].item()


@wrong("always the indices of the document", passes="visible")
def fixed(y, z, row, column):
    return y[4, 2].item(), z[1, 4, 2].item()


@wrong("rounds to a whole number", passes="visible")
def rounded(y, z, row, column):
    return float(round(y[row - 1, column - 1].item())), float(round(z[1, row - 1, column - 1].item()))
