"""K8: four ways to add, one of them in place, once or several times."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "k8-add"
NAME = "add_four_ways"


@right
def line_by_line(x, y, turns=1):
    x = x.clone()
    first_row = x[0]
    results = []
    for _ in range(turns):
        results.append(x + y)
        results.append(torch.add(x, y))
        results.append(x.add(y))
        torch.add(x, y, out=x)
        results.append(x)
    return results, first_row


@right
def in_place_by_add_(x, y, turns=1):
    x = x.clone()
    first_row = x[0]
    results = []
    for _ in range(turns):
        results.extend([y + x, torch.add(x, y), x.add(y), x.add_(y)])
    return results, first_row


@wrong("the name x gets a new tensor; the view keeps the old one")
def rebinds(x, y, turns=1):
    x = x.clone()
    first_row = x[0]
    results = []
    for _ in range(turns):
        results += [x + y, torch.add(x, y), x.add(y)]
        x = torch.add(x, y)
        results.append(x)
    return results, first_row


@wrong("in place first: the others add y once more")
def out_first(x, y, turns=1):
    x = x.clone()
    first_row = x[0]
    results = []
    for _ in range(turns):
        torch.add(x, y, out=x)
        results += [x + y, torch.add(x, y), x.add(y), x]
    return results, first_row


add_in_place = changed(
    in_place_by_add_,
    "results.extend([y + x, torch.add(x, y), x.add(y), x.add_(y)])",
    "results += [x + y, torch.add(x, y), x.add_(y), torch.add(x, y, out=x)]",
    wrong="add_ in place of add: x grows twice",
)


@wrong("takes the first row of the old values")
def copied_row(x, y, turns=1):
    x = x.clone()
    first_row = x[0].clone()
    results = []
    for _ in range(turns):
        results += [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)]
    return results, first_row


@wrong("returns the list only")
def list_only(x, y, turns=1):
    x = x.clone()
    return [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)]


@wrong("cat in place of a sum")
def joined(x, y, turns=1):
    x = x.clone()
    return [torch.cat((x, y))] * 4, x[0]


the_same_tensor = changed(
    in_place_by_add_,
    "results.extend([y + x, torch.add(x, y), x.add(y), x.add_(y)])",
    "results += [x.add_(y)] * 4",
    wrong="one tensor four times: nothing new is made",
    passes="visible",
)
copied_result = changed(
    in_place_by_add_,
    "results.extend([y + x, torch.add(x, y), x.add(y), x.add_(y)])",
    "results += [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x).clone()]",
    wrong="keeps a copy of the fourth result",
    passes="visible",
)


@wrong("one turn, always", passes="visible")
def one_turn(x, y, turns=1):
    x = x.clone()
    first_row = x[0]
    return [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)], first_row


@wrong("keeps the last turn only", passes="visible")
def last_turn(x, y, turns=1):
    x = x.clone()
    first_row = x[0]
    for _ in range(turns):
        results = [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)]
    return results, first_row


@wrong("changes the caller's x", passes="visible")
def callers_x(x, y, turns=1):
    first_row = x[0]
    results = []
    for _ in range(turns):
        results += [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)]
    return results, first_row


@wrong("loops over the rows of both: a single row y is torn apart", passes="visible")
def row_by_row(x, y, turns=1):
    x = x.clone()
    first_row = x[0]
    results = []
    for _ in range(turns):
        total = torch.stack([a + b for a, b in zip(x, y, strict=False)])
        results += [total, total.clone(), total.clone(), x.copy_(total)]
    return results, first_row


@wrong("makes everything float32", passes="visible")
def as_floats(x, y, turns=1):
    x = x.float().clone()
    first_row = x[0]
    results = []
    for _ in range(turns):
        results += [x + y, torch.add(x, y), x.add(y), torch.add(x, y, out=x)]
    return results, first_row


@wrong("the numbers of the visible example", passes="visible")
def table(x, y, turns=1):
    total = torch.tensor([[11.0, 22.0], [33.0, 44.0]])
    return [total] * 4, total[0]
