"""E-device: the fastest device of a machine."""

from helpers.grading.answers import right, wrong

EXERCISE = "e-device-pick"
NAME = "pick_device"


@right
def by_guards(cuda=None, mps=None):
    if torch.cuda.is_available() if cuda is None else cuda:
        return torch.device("cuda")
    if torch.backends.mps.is_available() if mps is None else mps:
        return torch.device("mps")
    return torch.device("cpu")


@right
def by_list(cuda=None, mps=None):
    has = {
        "cuda": torch.cuda.is_available() if cuda is None else cuda,
        "mps": torch.backends.mps.is_available() if mps is None else mps,
        "cpu": True,
    }
    return torch.device(next(kind for kind, usable in has.items() if usable))


@wrong("a text, not a device")
def text(cuda=None, mps=None):
    return "cuda" if cuda else "mps" if mps else "cpu"


@wrong("always the CPU")
def always_cpu(cuda=None, mps=None):
    return torch.device("cpu")


@wrong("always the GPU")
def always_cuda(cuda=None, mps=None):
    return torch.device("cuda")


@wrong("asks the machine and ignores the arguments")
def ignores_arguments(cuda=None, mps=None):
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@wrong("takes no arguments")
def no_arguments():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@wrong("None where there is no GPU")
def none(cuda=None, mps=None):
    if cuda:
        return torch.device("cuda")
    if mps:
        return torch.device("mps")


@wrong("forgets Apple's GPU", passes="visible")
def without_mps(cuda=None, mps=None):
    if cuda is None:
        cuda = torch.cuda.is_available()
    return torch.device("cuda" if cuda else "cpu")


@wrong("mps goes before cuda", passes="visible")
def mps_first(cuda=None, mps=None):
    return torch.device("mps" if mps else "cuda" if cuda else "cpu")


@wrong("the arguments exchanged", passes="visible")
def exchanged(mps=None, cuda=None):
    return torch.device("cuda" if cuda else "mps" if mps else "cpu")
