"""K2: uniform numbers between two bounds."""

from helpers.grading.answers import right, wrong

EXERCISE = "k2-uniform"
NAME = "uniform_matrix"


@right
def stretched(rows, columns, low=0.0, high=1.0):
    return torch.rand(rows, columns) * (high - low) + low


@right
def in_place(rows, columns, low=0.0, high=1.0):
    return torch.empty(rows, columns).uniform_(low, high)


@wrong("normal in place of uniform")
def normal(rows, columns, low=0.0, high=1.0):
    return low + (high - low) * torch.randn(rows, columns)


@wrong("columns first")
def swapped(rows, columns, low=0.0, high=1.0):
    return low + (high - low) * torch.rand(columns, rows)


@wrong("whole numbers only")
def whole(rows, columns, low=0.0, high=1.0):
    return torch.randint(int(low), int(high) + 1, (rows, columns))


@wrong("nothing random: all values in the middle of nowhere")
def ones(rows, columns, low=0.0, high=1.0):
    return torch.ones(rows, columns)


@wrong("float64, through NumPy")
def through_numpy(rows, columns, low=0.0, high=1.0):
    return torch.from_numpy(np.random.uniform(low, high, (rows, columns)))


@wrong("multiplies with high, not with the width", passes="visible")
def times_high(rows, columns, low=0.0, high=1.0):
    return low + high * torch.rand(rows, columns)


@wrong("ignores the bounds", passes="visible")
def ignores_bounds(rows, columns, low=0.0, high=1.0):
    return torch.rand(rows, columns)


@wrong("the mean of two draws: more numbers in the middle", passes="visible")
def triangular(rows, columns, low=0.0, high=1.0):
    return low + (high - low) * (torch.rand(rows, columns) + torch.rand(rows, columns)) / 2


@wrong("a seed inside the function: the same numbers at each call", passes="visible")
def same_numbers(rows, columns, low=0.0, high=1.0):
    return low + (high - low) * torch.rand(rows, columns, generator=torch.Generator().manual_seed(0))
