"""K9: the shape that view gives, with -1 worked out."""

import math

from helpers.grading.answers import right, wrong

EXERCISE = "k9-view"
NAME = "viewed_shape"


@right
def by_loop(count, sizes):
    known, unknown = 1, 0
    for size in sizes:
        if size == -1:
            unknown += 1
        else:
            known *= size
    if unknown > 1 or count % known != 0 or (unknown == 0 and known != count):
        raise ValueError("these sizes do not fit")
    return tuple(count // known if size == -1 else size for size in sizes)


@right
def by_remainder(count, sizes):
    unknown = [place for place, size in enumerate(sizes) if size == -1]
    known = math.prod(sizes) * (-1) ** len(unknown)
    missing, rest = divmod(count, known)
    if len(unknown) > 1 or rest or (not unknown and missing != 1):
        raise ValueError(f"view refuses {sizes} for {count} numbers")
    return tuple(missing if place in unknown else size for place, size in enumerate(sizes))


@wrong("leaves the -1")
def leaves_it(count, sizes):
    if math.prod(abs(size) for size in sizes) > count:
        raise ValueError("too many")
    return sizes


@wrong("the count itself for the -1")
def whole_count(count, sizes):
    return tuple(count if size == -1 else size for size in sizes)


@wrong("divides by the last size only")
def last_size(count, sizes):
    if count % sizes[-1]:
        raise ValueError("does not fit")
    return tuple(count // sizes[-1] if size == -1 else size for size in sizes)


@wrong("decimal numbers")
def decimal(count, sizes):
    known = math.prod(size for size in sizes if size != -1)
    if count % known:
        raise ValueError("does not fit")
    return tuple(count / known if size == -1 else size for size in sizes)


@wrong("never refuses")
def never_refuses(count, sizes):
    known = math.prod(size for size in sizes if size != -1)
    return tuple(count // known if size == -1 else size for size in sizes)


@wrong("PyTorch's own error")
def runtime_error(count, sizes):
    known = math.prod(size for size in sizes if size != -1)
    if count % known:
        raise RuntimeError("does not fit")
    return tuple(count // known if size == -1 else size for size in sizes)


@wrong("takes two -1 for the same number", passes="visible")
def two_unknowns(count, sizes):
    known = math.prod(size for size in sizes if size != -1)
    if count % known or (-1 not in sizes and known != count):
        raise ValueError("does not fit")
    return tuple(count // known if size == -1 else size for size in sizes)


@wrong("does not test sizes without a -1", passes="visible")
def untested_sizes(count, sizes):
    known = math.prod(size for size in sizes if size != -1)
    if sizes.count(-1) > 1 or (-1 in sizes and count % known):
        raise ValueError("does not fit")
    return tuple(count // known if size == -1 else size for size in sizes)


@wrong("leaves a number over where there is no -1", passes="visible")
def too_few(count, sizes):
    known = math.prod(size for size in sizes if size != -1)
    wrong_fit = count % known if -1 in sizes else count // known != 1
    if sizes.count(-1) > 1 or wrong_fit:
        raise ValueError("does not fit")
    return tuple(count // known if size == -1 else size for size in sizes)


@wrong("a table of the visible examples", passes="visible")
def table(count, sizes):
    if sizes == (-1, 5):
        raise ValueError("does not fit")
    return {(16,): (16,), (-1, 8): (2, 8), (2, -1, 4): (2, 3, 4), (3, -1): (3, 10**20 + 1)}[sizes]


@wrong("lets view do it, on a tensor of the count")
def by_view(count, sizes):
    try:
        return tuple(torch.zeros(count).view(sizes).shape)
    except RuntimeError:
        raise ValueError("does not fit") from None


@wrong("lets reshape do it, on the pretend device")
def by_meta(count, sizes):
    try:
        return tuple(torch.empty(count, device="meta").reshape(sizes).shape)
    except RuntimeError:
        raise ValueError("does not fit") from None


@wrong("lets NumPy do it: a huge count has no place in memory")
def by_numpy(count, sizes):
    if list(sizes).count(-1) > 1:
        raise ValueError("one -1 at most")
    return np.empty(count, dtype=np.uint8).reshape(sizes).shape


@wrong("multiplies the -1 along: two of them cancel out", passes="visible")
def cancelled(count, sizes):
    known = abs(math.prod(sizes))
    if count % known or (known != count and -1 not in sizes):
        raise ValueError("does not fit")
    if math.prod(sizes) > 0:
        return tuple(sizes)
    return tuple(count // known if size == -1 else size for size in sizes)


@wrong("gives a size of 0 where the numbers are too few", passes="visible")
def rounded_to_nothing(count, sizes):
    known = math.prod(size for size in sizes if size != -1)
    if sizes.count(-1) > 1 or (count > known and count % known) or (-1 not in sizes and count != known):
        raise ValueError("does not fit")
    return tuple(count // known if size == -1 else size for size in sizes)


@wrong("divides with a decimal point: the last digits of a huge size are lost")
def true_division(count, sizes):
    if list(sizes).count(-1) > 1:
        raise ValueError("one -1 at most")
    known = abs(math.prod(sizes))
    if count % known or (-1 not in sizes and known != count):
        raise ValueError("does not fit")
    return tuple(round(count / known) if size == -1 else size for size in sizes)


@wrong("a stretched array of NumPy's, that takes up no memory, but has a largest size")
def by_stretching(count, sizes):
    return tuple(np.broadcast_to(np.zeros(1), (count,)).reshape(sizes).shape)


@wrong("leaves numbers over where the sizes divide the count", passes="visible")
def divides_only(count, sizes):
    known = abs(math.prod(sizes))
    if count % known or list(sizes).count(-1) > 1:
        raise ValueError("does not fit")
    return tuple(count // known if size == -1 else size for size in sizes)
