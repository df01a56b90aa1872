"""K3: the dtype that print shows."""

from helpers.grading.answers import right, wrong

EXERCISE = "k3-print"
NAME = "shown_type"


@right
def by_rule(t):
    return "" if t.dtype in (torch.float32, torch.int64, torch.bool) else str(t.dtype)


@right
def up_to_the_comma(t):
    _, _, shown = repr(t).partition("dtype=")
    return shown.partition(",")[0].rstrip(")")


@right
def by_default_dtypes(t):
    default = torch.get_default_dtype() if t.is_floating_point() else torch.tensor(1).dtype
    return "" if t.dtype in (default, torch.bool) else str(t.dtype)


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


@wrong("takes all that stands behind the dtype", passes="visible")
def up_to_the_end(t):
    text = repr(t)
    return text[text.index("dtype=") + len("dtype=") : -1] if "dtype=" in text else ""


@wrong("the last word of what print shows", passes="visible")
def last_word(t):
    word = repr(t).split(" ")[-1]
    return word.removeprefix("dtype=").rstrip(")") if "dtype=" in word else ""


@wrong("fails for a tensor without dimensions", passes="visible")
def by_first_number(t):
    t[0]
    return "" if t.dtype in (torch.float32, torch.int64, torch.bool) else str(t.dtype)


@wrong("only the dtypes that the lab names", passes="visible")
def by_list(t):
    named = (torch.float64, torch.float16, torch.int32)
    return str(t.dtype) if t.dtype in named else ""


@wrong("a result of an operation cannot lose requires_grad", passes="visible")
def switched_off(t):
    text = repr(t.requires_grad_(False))
    return text.split("dtype=")[1].rstrip(")") if "dtype=" in text else ""


@wrong("unsigned 64 bits are taken for int64", passes="visible")
def by_size(t):
    usual = {True: 4, False: 8}[t.is_floating_point()]
    return "" if t.element_size() == usual or t.dtype == torch.bool else str(t.dtype)
