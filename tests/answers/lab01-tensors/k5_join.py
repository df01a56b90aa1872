"""K5: stack and cat, and where they are impossible."""

from helpers.grading.answers import right, wrong

EXERCISE = "k5-join"
NAME = "join"


@right
def by_trying(x, y):
    results = []
    for way in (lambda: torch.stack([x, y]), lambda: torch.cat([x, y], dim=0), lambda: torch.cat([x, y], dim=1)):
        try:
            results.append(way())
        except RuntimeError:
            results.append(None)
    return tuple(results)


@right
def by_hand(x, y):
    (r, c), (s, d) = x.shape, y.shape
    stacked = torch.cat((x[None], y[None])) if (r, c) == (s, d) else None
    return [stacked, torch.vstack((x, y)) if c == d else None, torch.hstack((x, y)) if r == s else None]


@right
def guards(x, y):
    z = below = beside = None
    if x.size() == y.size():
        z = torch.stack((x, y), dim=0)
    if x.size(1) == y.size(1):
        below = torch.cat((x, y), dim=0)
    if x.size(0) == y.size(0):
        beside = torch.cat((x, y), dim=-1)
    return z, below, beside


@wrong("never None: fails where the sizes do not fit")
def never_none(x, y):
    return torch.stack((x, y)), torch.cat((x, y), 0), torch.cat((x, y), 1)


@wrong("all or nothing")
def all_or_nothing(x, y):
    if x.shape != y.shape:
        return None, None, None
    return torch.stack((x, y)), torch.cat((x, y), 0), torch.cat((x, y), 1)


@wrong("asks for equal rows to go on along the rows")
def sizes_exchanged(x, y):
    stacked = torch.stack((x, y)) if x.shape == y.shape else None
    below = torch.cat((x, y), 0) if x.shape[0] == y.shape[0] else None
    return stacked, below, torch.cat((x, y), 1) if x.shape[1] == y.shape[1] else None


@wrong("stacks along dimension 1")
def stack_one(x, y):
    stacked = torch.stack((x, y), 1) if x.shape == y.shape else None
    below = torch.cat((x, y), 0) if x.shape[1] == y.shape[1] else None
    return stacked, below, torch.cat((x, y), 1) if x.shape[0] == y.shape[0] else None


@wrong("cat along 1 before cat along 0")
def exchanged(x, y):
    stacked = torch.stack((x, y)) if x.shape == y.shape else None
    below = torch.cat((x, y), 0) if x.shape[1] == y.shape[1] else None
    return stacked, torch.cat((x, y), 1) if x.shape[0] == y.shape[0] else None, below


@wrong("returns the stack only")
def only_stack(x, y):
    return torch.stack((x, y)) if x.shape == y.shape else None


@wrong("prints the shapes and returns nothing")
def only_prints(x, y):
    print(torch.stack((x, y)).shape)


@wrong("right shapes, but by reshaping: rows get mixed", passes="visible")
def reshaped(x, y):
    if x.shape != y.shape:
        below = torch.cat((x, y), 0) if x.shape[1] == y.shape[1] else None
        return None, below, torch.cat((x, y), 1) if x.shape[0] == y.shape[0] else None
    z = torch.stack((x, y))
    return z, z.reshape(-1, x.shape[1]), z.reshape(x.shape[0], -1)


@wrong("x twice", passes="visible")
def x_twice(x, y):
    if x.shape != y.shape:
        return None, torch.cat((x, y), 0) if x.shape[1] == y.shape[1] else None, None
    return torch.stack((x, x)), torch.cat((x, x), 0), torch.cat((x, x), 1)


@wrong("stacks what has equally many numbers", passes="visible")
def equal_counts(x, y):
    stacked = torch.stack((x, y.reshape(x.shape))) if x.numel() == y.numel() else None
    below = torch.cat((x, y), 0) if x.shape[1] == y.shape[1] else None
    return stacked, below, torch.cat((x, y), 1) if x.shape[0] == y.shape[0] else None


@wrong("never goes on along dimension 1 unless the shapes are equal", passes="visible")
def beside_only_if_equal(x, y):
    equal = x.shape == y.shape
    below = torch.cat((x, y), 0) if x.shape[1] == y.shape[1] else None
    return torch.stack((x, y)) if equal else None, below, torch.cat((x, y), 1) if equal else None


@wrong("float32 whatever is given", passes="visible")
def as_floats(x, y):
    x, y = x.float(), y.float()
    stacked = torch.stack((x, y)) if x.shape == y.shape else None
    below = torch.cat((x, y), 0) if x.shape[1] == y.shape[1] else None
    return stacked, below, torch.cat((x, y), 1) if x.shape[0] == y.shape[0] else None


@wrong("side by side in a new last dimension, where all sizes are equal", passes="visible")
def square_as_pairs(x, y):
    rows, columns = x.shape
    stacked = torch.stack((x, y), 2 if rows == columns else 0) if x.shape == y.shape else None
    below = torch.cat((x, y), 0) if columns == y.shape[1] else None
    return stacked, below, torch.cat((x, y), 1) if rows == y.shape[0] else None


@wrong("repeats a single row or column until it fits", passes="visible")
def repeated(x, y):
    single = x.shape != y.shape and 1 in (*x.shape, *y.shape)
    a, b = torch.broadcast_tensors(x, y) if single else (x, y)
    stacked = torch.stack((a, b)) if a.shape == b.shape else None
    below = torch.cat((x, y), 0) if x.shape[1] == y.shape[1] else None
    return stacked, below, torch.cat((x, y), 1) if x.shape[0] == y.shape[0] else None


@wrong("x below y where x has more rows", passes="visible")
def tall_last(x, y):
    z = torch.stack((x, y)) if x.shape == y.shape else None
    first, second = sorted((x, y), key=len)
    below = torch.cat((first, second), 0) if x.shape[1] == y.shape[1] else None
    beside = torch.cat((x, y), 1) if x.shape[0] == y.shape[0] else None
    return z, below, beside
