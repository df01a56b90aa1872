"""K11 and K12: a tensor and an array on one memory."""

from helpers.grading.answers import right, wrong

EXERCISE = "k12-first"
NAME = "add_to_first"


@right
def as_in_the_document(a, amount):
    b = a.numpy()
    a[0] = a[0] + amount
    return b


@right
def asarray(a, amount):
    b = np.asarray(a)
    a[:1].add_(amount)
    return b


@right
def through_the_array(a, amount):
    b = a.detach().cpu().numpy()
    b[0] += amount
    return b


@wrong("the array is a copy from before")
def copied(a, amount):
    b = a.numpy().copy()
    a[0] += amount
    return b


@wrong("the tensor that is given stays as it was")
def copied_tensor(a, amount):
    a = a.clone()
    b = a.numpy()
    a[0] += amount
    return b


@wrong("adds to all elements")
def all_elements(a, amount):
    b = a.numpy()
    a += amount
    return b


@wrong("adds twice, to the tensor and to the array")
def twice(a, amount):
    b = a.numpy()
    a[0] += amount
    b[0] += amount
    return b


@wrong("the element after the first")
def second(a, amount):
    b = a.numpy()
    a[1] += amount
    return b


@wrong("returns the tensor")
def tensor(a, amount):
    a[0] += amount
    return a


@wrong("returns both")
def both(a, amount):
    b = a.numpy()
    a[0] += amount
    return a, b


@wrong("always adds 1", passes="visible")
def always_one(a, amount):
    b = a.numpy()
    a[0] += 1
    return b


@wrong("float32, whatever is given", passes="visible")
def single(a, amount):
    a[0] += amount
    return a.float().numpy()


@wrong("ones, whatever is given", passes="visible")
def ones(a, amount):
    a.fill_(1)
    b = a.numpy()
    a[0] += amount
    return b


@wrong("two memories, and both are changed by hand")
def changed_by_hand(a, amount):
    b = a.numpy().copy()
    a[0] += amount
    b[0] += amount
    return b


@wrong("a copy from afterwards")
def copied_afterwards(a, amount):
    a[0] += amount
    return np.array(a.tolist(), dtype=str(a.dtype).removeprefix("torch."))


@wrong("adds to every tenth number", passes="visible")
def every_tenth(a, amount):
    b = a.numpy()
    a[::10] += amount
    return b
