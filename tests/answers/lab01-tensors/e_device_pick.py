"""E-device: the fastest device of a machine."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "e-device-pick"
NAME = "pick_device"


@right
def by_guards(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    if cuda():
        return torch.device("cuda")
    if mps():
        return torch.device("mps")
    return torch.device("cpu")


@right
def by_list(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    has = {"cuda": cuda(), "mps": mps(), "cpu": True}
    return torch.device(next(kind for kind, usable in has.items() if usable))


@right
def asked_inside(cuda=None, mps=None):
    has_cuda = torch.cuda.is_available() if cuda is None else cuda()
    has_mps = torch.backends.mps.is_available() if mps is None else mps()
    return torch.device("cuda" if has_cuda else "mps" if has_mps else "cpu")


@wrong("a text, not a device")
def text(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    return "cuda" if cuda() else "mps" if mps() else "cpu"


@wrong("a device with a number")
def numbered(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    return torch.device("cuda:0") if cuda() else torch.device("mps:0") if mps() else torch.device("cpu")


@wrong("does not call the questions: a function counts as true")
def not_called(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    return torch.device("cuda" if cuda else "mps" if mps else "cpu")


@wrong("compares the question itself with True")
def compared(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    return torch.device("cuda" if cuda is True else "mps" if mps is True else "cpu")


@wrong("always the CPU")
def always_cpu(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    return torch.device("cpu")


@wrong("always the GPU")
def always_cuda(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    return torch.device("cuda")


@wrong("asks the machine and ignores the arguments")
def ignores_arguments(cuda=None, mps=None):
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@wrong("takes no arguments")
def no_arguments():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


none = changed(by_guards, 'return torch.device("cpu")', "", wrong="None where there is no GPU")


@wrong("forgets Apple's GPU", passes="visible")
def without_mps(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    return torch.device("cuda" if cuda() else "cpu")


@wrong("mps goes before cuda", passes="visible")
def mps_first(cuda=torch.cuda.is_available, mps=torch.backends.mps.is_available):
    return torch.device("mps" if mps() else "cuda" if cuda() else "cpu")


@wrong("the arguments exchanged", passes="visible")
def exchanged(mps=torch.backends.mps.is_available, cuda=torch.cuda.is_available):
    return torch.device("cuda" if cuda() else "mps" if mps() else "cpu")


@wrong("must be told: nothing stands for an argument that is left out", passes="visible")
def no_defaults(cuda, mps):
    return torch.device("cuda" if cuda() else "mps" if mps() else "cpu")
