"""Extra-line: gradient descent for a line."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "extra-line-fit"
NAME = "fit_line"


@right
def in_one_vector(x, y, lr, steps):
    line = torch.zeros(2, dtype=x.dtype, requires_grad=True)
    way = torch.zeros(steps + 1, 3, dtype=x.dtype)
    for k in range(steps + 1):
        loss = (line[0] * x + line[1] - y).pow(2).mean()
        way[k, :2], way[k, 2] = line.detach(), loss.item()
        loss.backward()
        with torch.no_grad():
            line -= lr * line.grad
        line.grad = None
    return way


@right
def without_a_step_after_the_last_row(x, y, lr, steps):
    slope = torch.tensor(0.0, dtype=x.dtype, requires_grad=True)
    intercept = torch.tensor(0.0, dtype=x.dtype, requires_grad=True)

    def loss_now():
        return torch.nn.functional.mse_loss(slope * x + intercept, y)

    rows = [[slope.item(), intercept.item(), loss_now().item()]]
    for _ in range(steps):
        loss_now().backward()
        step((slope, intercept), lr)
        rows.append([slope.item(), intercept.item(), loss_now().item()])
    return torch.tensor(rows, dtype=x.dtype)


@right
def by_hand(x, y, lr, steps):
    a = b = torch.zeros((), dtype=x.dtype)
    rows = []
    for _ in range(steps + 1):
        error = a * x + b - y
        rows.append(torch.stack([a, b, (error**2).mean()]))
        a, b = a - 2 * lr * (error * x).mean(), b - 2 * lr * error.mean()
    return torch.stack(rows)


@wrong("gradients are never cleared")
def never_cleared(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        with torch.no_grad():
            a -= lr * a.grad
            b -= lr * b.grad
    return torch.tensor(rows, dtype=x.dtype)


@wrong("the last row is missing")
def one_row_short(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows, dtype=x.dtype).view(-1, 3)


@wrong("the loss before the step beside the parameters after it")
def loss_one_row_late(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        loss.backward()
        step([a, b], lr)
        rows.append([a.item(), b.item(), loss.item()])
    return torch.tensor(rows, dtype=x.dtype)


@wrong("the sum of the squared errors")
def sum_of_squares(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).sum()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("uphill")
def uphill(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], -lr)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("the rows are still in the graph")
def rows_followed(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append(torch.stack([a * 1, b * 1, loss]))
        loss.backward(retain_graph=True)
        step([a, b], lr)
    return torch.stack(rows)


@wrong("starts from ones")
def starts_elsewhere(x, y, lr, steps):
    a, b = (torch.ones((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("moves the slope first, and the intercept by a loss computed anew", passes="visible")
def one_after_the_other(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = [[0, 0, (y**2).mean().item()]]
    for _ in range(steps):
        for w in (a, b):
            loss = ((a * x + b - y) ** 2).mean()
            w.grad = torch.autograd.grad(loss, w)[0]
            step([w], lr)
        rows.append([a.item(), b.item(), ((a * x + b - y) ** 2).mean().item()])
    return torch.tensor(rows, dtype=x.dtype)


@wrong("the absolute error")
def absolute_error(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = (a * x + b - y).abs().mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("two measurements, always", passes="visible")
def two_measurements(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).sum() / 2
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("the learning rate of the example", passes="visible")
def rate_built_in(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], 0.1)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("float32 whatever is given", passes="visible")
def single_precision(x, y, lr, steps):
    a, b = (torch.zeros((), requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows)


@wrong("two steps, always", passes="visible")
def two_steps(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(3):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("rounded to four places", passes="visible")
def rounded(x, y, lr, steps):
    a, b = (torch.zeros((), dtype=x.dtype, requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([round(number.item(), 4) for number in (a, b, loss)])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("parameters in float32, rows in the dtype of x", passes="visible")
def converted_rows(x, y, lr, steps):
    a, b = (torch.zeros((), requires_grad=True) for _ in range(2))
    rows = []
    for _ in range(steps + 1):
        loss = ((a * x + b - y) ** 2).mean()
        rows.append([a.item(), b.item(), loss.item()])
        loss.backward()
        step([a, b], lr)
    return torch.tensor(rows, dtype=x.dtype)


@wrong("stops early when the loss no longer falls", passes="visible")
def early(x, y, lr, steps):
    slope, intercept, rows = x.new_zeros(()), x.new_zeros(()), []
    for k in range(steps + 1):
        error = slope * x + intercept - y
        rows.append(torch.stack((slope, intercept, (error**2).mean())))
        if k > 1 and rows[-1][2] >= rows[-2][2]:
            break
        slope = slope - lr * 2 * (error * x).mean()
        intercept = intercept - lr * 2 * error.mean()
    return torch.stack(rows)


@wrong("the rate is made smaller when the loss grows", passes="visible")
def careful(x, y, lr, steps):
    slope, intercept, rows = x.new_zeros(()), x.new_zeros(()), []
    for _ in range(steps + 1):
        error = slope * x + intercept - y
        rows.append(torch.stack((slope, intercept, (error**2).mean())))
        if len(rows) > 1 and rows[-1][2] > rows[-2][2]:
            lr = lr / 2
        slope = slope - lr * 2 * (error * x).mean()
        intercept = intercept - lr * 2 * error.mean()
    return torch.stack(rows)
