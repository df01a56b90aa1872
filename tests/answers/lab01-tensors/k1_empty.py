"""K1: a matrix whose values nobody has set."""

from helpers.grading.answers import right, wrong

EXERCISE = "k1-empty"
NAME = "empty_matrix"


@right
def with_empty(rows, columns):
    return torch.empty((rows, columns))


@right
def legacy_spelling(rows, columns):
    return torch.Tensor(rows, columns)


@wrong("the sizes become the values")
def sizes_as_values(rows, columns):
    return torch.Tensor((rows, columns))


@wrong("columns first")
def swapped(rows, columns):
    return torch.empty(columns, rows)


@wrong("float64")
def double(rows, columns):
    return torch.empty(rows, columns).double()


@wrong("an array of NumPy")
def array(rows, columns):
    return np.empty((rows, columns))


@wrong("one dimension only")
def flat(rows, columns):
    return torch.empty(rows * columns)


@wrong("prints and returns nothing")
def only_prints(rows, columns):
    print(torch.empty(rows, columns))


@wrong("always 5×3", passes="visible")
def constant(rows, columns):
    return torch.empty(5, 3)


@wrong("drops dimensions of size 1", passes="visible")
def squeezed(rows, columns):
    return torch.empty(rows, columns).squeeze()
