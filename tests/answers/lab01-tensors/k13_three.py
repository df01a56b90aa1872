"""K13: three ways to add one."""

from helpers.grading.answers import right, wrong

EXERCISE = "k13-three"
NAME = "add_one"


@right
def by_case(values, way):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    match way:
        case "add_":
            a.add_(1)
        case "slice":
            a[:] += 1
        case "add":
            a = a.add(1)
        case _:
            raise ValueError(f"no way is called {way}")
    return a, b


@right
def guard_first(values, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    a = torch.tensor([float(number) for number in values])
    b = a.numpy()
    if way == "add":
        return a + 1, b
    a += 1
    return a, b


@wrong("takes b at the end")
def b_at_the_end(values, way):
    a = torch.tensor(values, dtype=torch.float32)
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    elif way == "add":
        a = a.add(1)
    else:
        raise ValueError(way)
    return a, a.numpy()


@wrong("all in place")
def all_in_place(values, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    a.add_(1)
    return a, b


@wrong("nothing in place")
def none_in_place(values, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    return a + 1, b


@wrong("all three, one after the other")
def all_three(values, way):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    a.add_(1)
    a[:] += 1
    a = a.add(1)
    return a, b


@wrong("forgets to keep the result of add")
def lost_result(values, way):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    elif way == "add":
        a.add(1)
    else:
        raise ValueError(way)
    return a, b


@wrong("b is a copy")
def copied(values, way):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy().copy()
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    elif way == "add":
        a = a.add(1)
    else:
        raise ValueError(way)
    return a, b


@wrong("any other word counts as add", passes="visible")
def no_refusal(values, way):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    else:
        a = a.add(1)
    return a, b


@wrong("leaves the dtype to PyTorch: whole numbers stay whole", passes="visible")
def dtype_of_the_values(values, way):
    a = torch.tensor(values)
    b = a.numpy()
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    elif way == "add":
        a = a.add(1)
    else:
        raise ValueError(way)
    return a, b


@wrong("the numbers of the visible example", passes="visible")
def table(values, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    return torch.full((3,), 2.0), np.full(3, 1 if way == "add" else 2, dtype=np.float32)
