"""K2: normal numbers around a mean."""

from helpers.grading.answers import right, wrong

EXERCISE = "k2-normal"
NAME = "normal_matrix"


@right
def stretched(rows, columns, mean=0.0, std=1.0):
    return torch.randn(rows, columns) * std + mean


@right
def by_torch(rows, columns, mean=0.0, std=1.0):
    return torch.normal(mean, std, (rows, columns))


@wrong("uniform")
def uniform(rows, columns, mean=0.0, std=1.0):
    return mean + std * torch.rand(rows, columns)


@wrong("uniform from -1 to 1")
def centred(rows, columns, mean=0.0, std=1.0):
    return mean + std * (2 * torch.rand(rows, columns) - 1)


@wrong("columns first")
def swapped(rows, columns, mean=0.0, std=1.0):
    return mean + std * torch.randn(columns, rows)


@wrong("float64")
def double(rows, columns, mean=0.0, std=1.0):
    return mean + std * torch.randn(rows, columns, dtype=torch.float64)


@wrong("takes std for the variance", passes="visible")
def variance(rows, columns, mean=0.0, std=1.0):
    return mean + std**0.5 * torch.randn(rows, columns)


@wrong("multiplies the mean too", passes="visible")
def multiplies_all(rows, columns, mean=0.0, std=1.0):
    return std * (torch.randn(rows, columns) + mean)


@wrong("ignores mean and std", passes="visible")
def ignores_both(rows, columns, mean=0.0, std=1.0):
    return torch.randn(rows, columns)


@wrong("uniform with the right mean and standard deviation", passes="visible")
def wide_uniform(rows, columns, mean=0.0, std=1.0):
    return mean + std * 12**0.5 * (torch.rand(rows, columns) - 0.5)


@wrong("a seed inside the function: the same numbers at each call", passes="visible")
def same_numbers(rows, columns, mean=0.0, std=1.0):
    return mean + std * torch.randn(rows, columns, generator=torch.Generator().manual_seed(0))
