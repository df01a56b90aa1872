"""K12: a tensor and an array on one memory."""

from helpers.grading.answers import right, wrong

EXERCISE = "k12-first"
NAME = "add_to_first"


@right
def as_in_the_document(values, amount):
    a = torch.tensor([float(number) for number in values])
    b = a.numpy()
    a[0] += amount
    return a, b


@right
def with_add_in_place(values, amount):
    a = torch.tensor(values, dtype=torch.float32)
    b = np.asarray(a)
    a[0].add_(amount)
    return a, b


@wrong("the array has memory of its own")
def separate_array(values, amount):
    a = torch.tensor(values, dtype=torch.float32)
    b = np.array(values, dtype=np.float32)
    a[0] += amount
    return a, b


@wrong("the array is a copy")
def copied(values, amount):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy().copy()
    a[0] += amount
    return a, b


@wrong("adds to all elements")
def all_elements(values, amount):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    a += amount
    return a, b


@wrong("adds twice, to the tensor and to the array")
def twice(values, amount):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    a[0] += amount
    b[0] += amount
    return a, b


@wrong("float64")
def double(values, amount):
    a = torch.tensor(values, dtype=torch.float64)
    b = a.numpy()
    a[0] += amount
    return a, b


@wrong("the element after the first")
def second(values, amount):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    a[1] += amount
    return a, b


@wrong("always adds 1", passes="visible")
def always_one(values, amount):
    a = torch.tensor(values, dtype=torch.float32)
    b = a.numpy()
    a[0] += 1
    return a, b


@wrong("leaves the dtype to PyTorch: whole numbers stay whole", passes="visible")
def dtype_of_the_values(values, amount):
    a = torch.tensor(values)
    b = a.numpy()
    a[0] += amount
    return a, b


@wrong("ones, whatever is given", passes="visible")
def ones(values, amount):
    a = torch.ones(len(values))
    b = a.numpy()
    a[0] += amount
    return a, b
