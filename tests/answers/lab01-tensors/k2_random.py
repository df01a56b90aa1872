"""K2: uniform and normal random numbers."""

from helpers.grading.answers import right, wrong

EXERCISE = "k2-random"
NAME = "random_matrices"


@right
def stretched(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return torch.rand(rows, columns) * (high - low) + low, torch.randn(rows, columns) * std + mean


@right
def in_place(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return torch.empty(rows, columns).uniform_(low, high), torch.empty(rows, columns).normal_(mean, std)


@right
def by_torch(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    normal = torch.normal(mean, std, (rows, columns))
    return torch.distributions.Uniform(low, high).sample((rows, columns)), normal


@wrong("normal numbers in both")
def both_normal(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return low + (high - low) * torch.randn(rows, columns), mean + std * torch.randn(rows, columns)


@wrong("uniform numbers in both")
def both_uniform(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return low + (high - low) * torch.rand(rows, columns), mean + std * (2 * torch.rand(rows, columns) - 1)


@wrong("the normal ones first")
def exchanged(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return mean + std * torch.randn(rows, columns), low + (high - low) * torch.rand(rows, columns)


@wrong("columns first")
def swapped(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return low + (high - low) * torch.rand(columns, rows), mean + std * torch.randn(columns, rows)


@wrong("float64, through NumPy")
def through_numpy(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    uniform = np.random.uniform(low, high, (rows, columns))
    return torch.from_numpy(uniform), torch.from_numpy(np.random.normal(mean, std, (rows, columns)))


@wrong("the uniform numbers only")
def only_uniform(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return low + (high - low) * torch.rand(rows, columns)


@wrong("whole numbers only", passes="visible")
def whole(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return torch.randint(int(low), int(high) + 1, (rows, columns)).float(), mean + std * torch.randn(rows, columns)


@wrong("multiplies with high, not with the width", passes="visible")
def times_high(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return low + high * torch.rand(rows, columns), mean + std * torch.randn(rows, columns)


@wrong("ignores all settings", passes="visible")
def ignores_all(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return torch.rand(rows, columns), torch.randn(rows, columns)


@wrong("the mean of two draws: more numbers in the middle", passes="visible")
def triangular(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    middle = (torch.rand(rows, columns) + torch.rand(rows, columns)) / 2
    return low + (high - low) * middle, mean + std * torch.randn(rows, columns)


@wrong("rounded to hundredths", passes="visible")
def rounded(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    uniform = low + (high - low) * torch.rand(rows, columns)
    return uniform.mul(100).round() / 100, mean + std * torch.randn(rows, columns)


@wrong("one row of numbers for all rows")
def one_row(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    uniform = low + (high - low) * torch.rand(rows, columns)
    return uniform, (mean + std * torch.randn(rows, 1)).expand(rows, columns)


@wrong("takes std for the variance", passes="visible")
def variance(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return low + (high - low) * torch.rand(rows, columns), mean + std**0.5 * torch.randn(rows, columns)


@wrong("multiplies the mean too", passes="visible")
def multiplies_all(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    return low + (high - low) * torch.rand(rows, columns), std * (torch.randn(rows, columns) + mean)


@wrong("uniform with the right mean and standard deviation", passes="visible")
def wide_uniform(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    centred = torch.rand(rows, columns) - 0.5
    return low + (high - low) * torch.rand(rows, columns), mean + std * 12**0.5 * centred


@wrong("the normal numbers stretched by the bounds", passes="visible")
def stretched_twice(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    uniform = low + (high - low) * torch.rand(rows, columns)
    return mean + std * uniform, mean + std * torch.randn(rows, columns)


@wrong("a seed inside the function: the same numbers at each call", passes="visible")
def same_numbers(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    torch.manual_seed(0)
    return low + (high - low) * torch.rand(rows, columns), mean + std * torch.randn(rows, columns)


@wrong("a generator with a seed, for the normal ones", passes="visible")
def seeded_generator(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    generator = torch.Generator().manual_seed(0)
    normal = mean + std * torch.randn(rows, columns, generator=generator)
    return low + (high - low) * torch.rand(rows, columns), normal


@wrong("the sum of four uniform numbers is none", passes="visible")
def sum_of_four(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    g = (torch.rand(4, rows, columns).sum(0) - 2) * 3**0.5
    return low + (high - low) * torch.rand(rows, columns), mean + std * g


@wrong("standardised to mean and std exactly", passes="visible")
def standardised(rows, columns, low=0.0, high=1.0, mean=0.0, std=1.0):
    g = torch.randn(rows, columns)
    g = (g - g.mean()) / g.std()
    return low + (high - low) * torch.rand(rows, columns), mean + std * g
