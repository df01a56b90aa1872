"""K14: a tensor on the memory of an array."""

from helpers.grading.answers import right, wrong

EXERCISE = "k14-back"
NAME = "add_through_numpy"


@right
def as_in_the_document(values, amount):
    a = np.array([float(number) for number in values])
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    return a, b


@right
def plus_equals(values, amount):
    a = np.asarray(values, dtype="float64")
    b = torch.as_tensor(a)
    a += amount
    return a, b


@wrong("a new array: b keeps the old numbers")
def new_array(values, amount):
    a = np.array(values, dtype=np.float64)
    b = torch.from_numpy(a)
    a = np.add(a, amount)
    return a, b


@wrong("torch.tensor copies")
def copies(values, amount):
    a = np.array(values, dtype=np.float64)
    b = torch.tensor(a)
    np.add(a, amount, out=a)
    return a, b


@wrong("float32")
def single(values, amount):
    a = np.array(values, dtype=np.float32)
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    return a, b


@wrong("the tensor as float32: a copy")
def tensor_single(values, amount):
    a = np.array(values, dtype=np.float64)
    b = torch.from_numpy(a).float()
    np.add(a, amount, out=a)
    return a, b


@wrong("adds twice")
def twice(values, amount):
    a = np.array(values, dtype=np.float64)
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    b += amount
    return a, b


@wrong("the tensor first")
def exchanged(values, amount):
    a = np.array(values, dtype=np.float64)
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    return b, a


@wrong("always adds 1", passes="visible")
def always_one(values, amount):
    a = np.array(values, dtype=np.float64)
    b = torch.from_numpy(a)
    np.add(a, 1, out=a)
    return a, b


@wrong("leaves the dtype to NumPy: whole numbers stay whole", passes="visible")
def dtype_of_the_values(values, amount):
    a = np.array(values)
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    return a, b


@wrong("ones, whatever is given", passes="visible")
def ones(values, amount):
    a = np.ones(len(values))
    b = torch.from_numpy(a)
    np.add(a, amount, out=a)
    return a, b
