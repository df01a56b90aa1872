"""K14: a tensor on the memory of an array."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "k14-back"
NAME = "add_through_numpy"


@right
def as_in_the_document(a, amount):
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    return b


@right
def plus_equals(a, amount):
    b = torch.as_tensor(a)
    a += amount
    return b


@right
def through_the_slice(a, amount):
    b = torch.asarray(a)
    a[...] = a + amount
    return b


new_array = changed(
    as_in_the_document,
    "np.add(a, amount, out=a)",
    "a = np.add(a, amount)",
    wrong="a new array: a and b keep the old numbers",
)
copies = changed(as_in_the_document, "b = torch.from_numpy(a)", "b = torch.tensor(a)", wrong="torch.tensor copies")


@wrong("a tensor of the sum: a itself stays as it was")
def of_the_sum(a, amount):
    return torch.from_numpy(a + np.array(amount, dtype=a.dtype))


tensor_single = changed(
    as_in_the_document,
    "b = torch.from_numpy(a)",
    "b = torch.from_numpy(a).float()",
    wrong="the tensor as float32: a copy",
)


@wrong("adds twice")
def twice(a, amount):
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    b += amount
    return b


@wrong("returns the array")
def array(a, amount):
    np.add(a, amount, out=a)
    return a


both = changed(as_in_the_document, "return b", "return a, b", wrong="returns both")
always_one = changed(
    as_in_the_document, "np.add(a, amount, out=a)", "np.add(a, 1, out=a)", wrong="always adds 1", passes="visible"
)
double = changed(
    as_in_the_document, "return b", "return b.double()", wrong="float64, whatever is given", passes="visible"
)
first_three = changed(
    as_in_the_document,
    "np.add(a, amount, out=a)",
    "a[:3] += amount",
    wrong="adds to the first three only",
    passes="visible",
)


@wrong("two memories, and both are changed by hand")
def changed_by_hand(a, amount):
    b = torch.tensor(a)
    a += amount
    b += amount
    return b


@wrong("a copy from afterwards")
def copied_afterwards(a, amount):
    np.add(a, amount, out=a)
    return torch.from_numpy(a).clone()


first_ten = changed(
    as_in_the_document,
    "np.add(a, amount, out=a)",
    "a[:10] += amount",
    wrong="adds to the first ten only",
    passes="visible",
)


@wrong("an array that is not dense is copied", passes="visible")
def dense(a, amount):
    b = torch.from_numpy(np.ascontiguousarray(a))
    np.add(a, amount, out=a)
    if b[(0,) * b.dim()] != a.flat[0]:
        b += amount
    return b


@wrong("ravel may copy: an array in Fortran's order stays as it was", passes="visible")
def ravelled(a, amount):
    b = torch.from_numpy(a)
    flat = a.ravel()
    flat += amount
    return b
