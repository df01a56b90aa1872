"""K14: a tensor on the memory of an array."""

from helpers.grading.answers import right, wrong

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


@wrong("a new array: a and b keep the old numbers")
def new_array(a, amount):
    b = torch.from_numpy(a)
    a = np.add(a, amount)
    return b


@wrong("torch.tensor copies")
def copies(a, amount):
    b = torch.tensor(a)
    np.add(a, amount, out=a)
    return b


@wrong("a tensor of the sum: a itself stays as it was")
def of_the_sum(a, amount):
    return torch.from_numpy(a + np.array(amount, dtype=a.dtype))


@wrong("the tensor as float32: a copy")
def tensor_single(a, amount):
    b = torch.from_numpy(a).float()
    np.add(a, amount, out=a)
    return b


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


@wrong("returns both")
def both(a, amount):
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    return a, b


@wrong("always adds 1", passes="visible")
def always_one(a, amount):
    b = torch.from_numpy(a)
    np.add(a, 1, out=a)
    return b


@wrong("float64, whatever is given", passes="visible")
def double(a, amount):
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    return b.double()


@wrong("adds to the first three only", passes="visible")
def first_three(a, amount):
    b = torch.from_numpy(a)
    a[:3] += amount
    return b


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


@wrong("adds to the first ten only", passes="visible")
def first_ten(a, amount):
    b = torch.from_numpy(a)
    a[:10] += amount
    return b
