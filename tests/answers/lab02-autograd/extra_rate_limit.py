"""Extra-rate: the largest learning rate."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "extra-rate-limit"
NAME = "largest_lr"


@right
def by_the_quadratic_formula(x):
    mean, square = x.mean().item(), (x**2).mean().item()
    half = (square + 1) / 2
    largest = half + (half**2 - (square - mean**2)) ** 0.5
    return 1 / largest


@right
def from_the_columns(x):
    columns = torch.stack([x, torch.ones_like(x)])
    hessian = 2 * columns @ columns.T / len(x)
    return float(2 / torch.linalg.eigvalsh(hessian).max())


@right
def by_autograd(x):
    hessian = torch.autograd.functional.hessian(
        lambda line: ((line[0] * x + line[1]) ** 2).mean(), torch.zeros(2, dtype=x.dtype)
    )
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()


@wrong("the smallest eigenvalue")
def smallest(x):
    hessian = 2 * torch.tensor([[x.square().mean(), x.mean()], [x.mean(), 1.0]])
    return 2 / (torch.linalg.eigvalsh(hessian)[0].item() + 1e-9)


@wrong("1 over the eigenvalue")
def one_over(x):
    hessian = 2 * torch.tensor([[x.square().mean(), x.mean()], [x.mean(), 1.0]])
    return 1 / torch.linalg.eigvalsh(hessian)[-1].item()


@wrong("H without its factor 2")
def half_the_matrix(x):
    hessian = torch.tensor([[x.square().mean(), x.mean()], [x.mean(), 1.0]])
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()


@wrong("the diagonal alone")
def diagonal(x):
    return 2 / (2 * max(x.square().mean().item(), 1.0))


@wrong("a tensor in place of a float")
def tensor(x):
    hessian = 2 * torch.tensor([[x.square().mean(), x.mean()], [x.mean(), 1.0]])
    return 2 / torch.linalg.eigvalsh(hessian)[-1]


@wrong("the square of the mean for the mean of the squares")
def square_of_the_mean(x):
    hessian = 2 * torch.tensor([[x.mean() ** 2, x.mean()], [x.mean(), 1.0]])
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()


@wrong("sums in place of means")
def sums(x):
    hessian = 2 * torch.tensor([[x.square().sum(), x.sum()], [x.sum(), float(len(x))]])
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()


@wrong("two measurements, always", passes="visible")
def two_measurements(x):
    hessian = torch.tensor([[x.square().sum(), x.sum()], [x.sum(), 2.0]])
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()


@wrong("the largest measurement for the mean", passes="visible")
def from_the_range(x):
    mean, square = (x.min() + x.max()).item() / 2, (x.min() ** 2 + x.max() ** 2).item() / 2
    hessian = 2 * torch.tensor([[square, mean], [mean, 1.0]])
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()


@wrong("the larger of the examples", passes="visible")
def table(x):
    return 1.0 if x.min() < 0 else 4 / (6 + 20**0.5)


@wrong("brings x to the mean 0 in place")
def centred_first(x):
    x -= x.mean()
    return 1 / max(x.square().mean().item(), 1.0)


@wrong("the standard deviation over n - 1", passes="visible")
def other_spread(x):
    n, mean = 2, x.mean().item()
    square = x.var().item() * (n - 1) / n + mean**2
    hessian = 2 * torch.tensor([[square, mean], [mean, 1.0]])
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()


@wrong("four digits of it")
def four_digits(x):
    matrix = 2 * torch.tensor([[x.square().mean(), x.mean()], [x.mean(), 1.0]], dtype=torch.float64)
    return float(f"{2 / torch.linalg.eigvalsh(matrix)[-1].item():.4g}")


@wrong("eight places after the point: nothing is left of a tiny limit", passes="visible")
def eight_places(x):
    matrix = 2 * torch.tensor([[x.square().mean(), x.mean()], [x.mean(), 1.0]], dtype=torch.float64)
    return round(2 / torch.linalg.eigvalsh(matrix)[-1].item(), 8)
