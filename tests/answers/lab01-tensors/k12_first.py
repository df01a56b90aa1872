"""K11 and K12: a tensor and an array on one memory."""

from helpers.grading.answers import changed, right, wrong

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


all_elements = changed(as_in_the_document, "a[0] = a[0] + amount", "a += amount", wrong="adds to all elements")


@wrong("adds twice, to the tensor and to the array")
def twice(a, amount):
    b = a.numpy()
    a[0] += amount
    b[0] += amount
    return b


second = changed(as_in_the_document, "a[0] = a[0] + amount", "a[1] += amount", wrong="the element after the first")


@wrong("returns the tensor")
def tensor(a, amount):
    a[0] += amount
    return a


@wrong("returns both")
def both(a, amount):
    b = a.numpy()
    a[0] += amount
    return a, b


always_one = changed(as_in_the_document, "a[0] = a[0] + amount", "a[0] += 1", wrong="always adds 1", passes="visible")


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


every_tenth = changed(
    as_in_the_document,
    "a[0] = a[0] + amount",
    "a[::10] += amount",
    wrong="adds to every tenth number",
    passes="visible",
)


@wrong("large whole numbers go through a decimal number", passes="visible")
def through_float(a, amount):
    b = a.numpy()
    a[0] = float(a[0]) + amount
    return b
