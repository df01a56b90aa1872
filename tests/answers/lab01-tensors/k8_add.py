"""K8: four ways to add, and what a view sees of them."""

from helpers.grading.answers import right, wrong

EXERCISE = "k8-add"
NAME = "add_four_ways"


@right
def one_by_one(x, y):
    x = x.clone()
    first_row = x[0]
    results = [x + y]
    results.append(torch.add(x, y))
    results.append(x.add(y))
    torch.add(x, y, out=x)
    results.append(x)
    return results, first_row


@right
def with_copies(x, y):
    x = x.clone()
    first_row = x[0]
    three = [x + y, torch.add(x, y), x.add(y)]
    torch.add(x, y, out=x)
    return [*three, x.clone()], first_row


@wrong("the name x gets a new tensor; the view keeps the old one")
def rebinds(x, y):
    x = x.clone()
    first_row = x[0]
    results = [x + y, torch.add(x, y), x.add(y)]
    x = torch.add(x, y)
    return [*results, x], first_row


@wrong("in place first: the others add y once more")
def out_first(x, y):
    x = x.clone()
    first_row = x[0]
    torch.add(x, y, out=x)
    return [x + y, torch.add(x, y), x.add(y), x], first_row


@wrong("add_ in place of add: x grows twice")
def add_in_place(x, y):
    x = x.clone()
    first_row = x[0]
    results = [x + y, torch.add(x, y), x.add_(y)]
    return [*results, torch.add(x, y, out=x)], first_row


@wrong("takes the first row of the old values")
def copied_row(x, y):
    x = x.clone()
    first_row = x[0].clone()
    return [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)], first_row


@wrong("returns the list only")
def list_only(x, y):
    x = x.clone()
    return [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)]


@wrong("cat in place of a sum")
def joined(x, y):
    x = x.clone()
    first_row = x[0]
    return [torch.cat((x, y))] * 4, first_row


@wrong("loops over the rows of both: a single row y is torn apart", passes="visible")
def row_by_row(x, y):
    x = x.clone()
    first_row = x[0]
    total = torch.stack([a + b for a, b in zip(x, y, strict=False)])
    first_row += y[0]
    return [total] * 4, first_row


@wrong("makes everything float32", passes="visible")
def as_floats(x, y):
    x = x.float().clone()
    first_row = x[0]
    return [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)], first_row


@wrong("the numbers of the visible example", passes="visible")
def table(x, y):
    total = torch.tensor([[11.0, 22.0], [33.0, 44.0]])
    return [total] * 4, total[0]
