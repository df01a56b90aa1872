"""K11: the types of tensors, arrays and their numbers."""

from helpers.grading.answers import right, wrong

EXERCISE = "k11-types"
NAME = "types_of"


@right
def from_the_thing(thing):
    return thing.__class__.__name__, f"{thing.dtype}"


@right
def by_case(thing):
    if isinstance(thing, torch.Tensor):
        return "Tensor", str(thing.dtype)
    return "ndarray", thing.dtype.name


@wrong("the type itself, not its name")
def not_a_name(thing):
    return type(thing), thing.dtype


@wrong("the dtype itself, not its name")
def dtype_itself(thing):
    return type(thing).__name__, thing.dtype


@wrong("the long name of the type")
def long_name(thing):
    return str(type(thing)), str(thing.dtype)


@wrong("the type of the first number")
def first_number(thing):
    return type(thing).__name__, type(thing[0]).__name__


@wrong("only the type")
def type_only(thing):
    return type(thing).__name__


@wrong("NumPy's usual dtype guessed")
def guessed(thing):
    return type(thing).__name__, "torch.float32" if isinstance(thing, torch.Tensor) else "float64"


@wrong("a table of the visible examples", passes="visible")
def table(thing):
    return ("Tensor", "torch.float32") if isinstance(thing, torch.Tensor) else ("ndarray", "float32")


@wrong("converts to float32 first", passes="visible")
def converts(thing):
    numbers = thing.float() if isinstance(thing, torch.Tensor) else thing.astype("float32")
    return type(thing).__name__, str(numbers.dtype)
