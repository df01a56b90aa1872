"""K3: the dtype that print shows."""

from helpers.grading.answers import right, wrong

EXERCISE = "k3-print"
NAME = "shown_type"


@right
def by_rule(t):
    return "" if t.dtype in (torch.float32, torch.int64, torch.bool) else str(t.dtype)


@right
def from_the_text(t):
    _, _, shown = repr(t).partition("dtype=")
    return shown.rstrip(")")


@wrong("always the dtype")
def always(t):
    return str(t.dtype)


@wrong("a dtype, not a text")
def not_a_text(t):
    return "" if t.dtype == torch.float32 else t.dtype


@wrong("the name without torch")
def short(t):
    return "" if t.dtype == torch.float32 else str(t.dtype).removeprefix("torch.")


@wrong("None where nothing is shown")
def none(t):
    return None if t.dtype in (torch.float32, torch.int64, torch.bool) else str(t.dtype)


@wrong("the legacy name: FloatTensor, DoubleTensor")
def legacy(t):
    return t.type()


@wrong("only float32 is hidden", passes="visible")
def only_float32(t):
    return "" if t.dtype == torch.float32 else str(t.dtype)


@wrong("forgets the truth values", passes="visible")
def without_bool(t):
    return "" if t.dtype in (torch.float32, torch.int64) else str(t.dtype)


@wrong("knows float64 only", passes="visible")
def only_float64(t):
    return "torch.float64" if t.dtype == torch.float64 else ""
