"""E-deeplenet: log-softmax by hand, and four pairs of ending and loss."""

import torch
import torch.nn.functional as F

from helpers.grading.answers import changed, right, wrong

EXERCISE = "e-deeplenet-endings"
VALUES = ("log_softmax", "endings")


@right
def by_the_formula():
    def log_softmax(z):
        z = z - z.max(dim=1, keepdim=True).values
        return z - z.exp().sum(dim=1, keepdim=True).log()

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings


@right
def losses_by_hand():
    def log_softmax(z):
        shifted = z - torch.amax(z, 1)[:, None]
        return shifted - torch.log(torch.exp(shifted).sum(1))[:, None]

    def nll(log_probabilities, labels):
        return -float(log_probabilities[torch.arange(len(labels)), labels].mean())

    def endings(logits, labels):
        once = log_softmax(logits)
        twice = log_softmax(once)
        losses = {"softmax, cross-entropy": nll(log_softmax(torch.exp(once)), labels)}
        losses["log-softmax, cross-entropy"] = nll(twice, labels)
        losses["log-softmax, NLL"] = losses["logits, cross-entropy"] = nll(once, labels)
        return losses

    return log_softmax, endings


@wrong("the softmax, not its logarithm")
def softmax():
    def log_softmax(z):
        z = (z - z.max(dim=1, keepdim=True).values).exp()
        return z / z.sum(dim=1, keepdim=True)

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings


@wrong("over the images, not over the classes")
def wrong_axis():
    def log_softmax(z):
        z = z - z.max(dim=0, keepdim=True).values
        return z - z.exp().sum(dim=0, keepdim=True).log()

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings


nll_of_probabilities = changed(
    by_the_formula, "nll_loss(once, labels)", "nll_loss(once.exp(), labels)", wrong="NLL of probabilities"
)


@wrong("all four taken for equal")
def all_equal():
    def log_softmax(z):
        z = z - z.max(dim=1, keepdim=True).values
        return z - z.exp().sum(dim=1, keepdim=True).log()

    def endings(logits, labels):
        names = ("logits, cross-entropy", "log-softmax, NLL", "log-softmax, cross-entropy", "softmax, cross-entropy")
        return dict.fromkeys(names, F.cross_entropy(logits, labels).item())

    return log_softmax, endings


one_is_missing = changed(
    by_the_formula, '"log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),', "", wrong="three losses only"
)


@wrong("sums, not means")
def sums():
    def log_softmax(z):
        z = z - z.max(dim=1, keepdim=True).values
        return z - z.exp().sum(dim=1, keepdim=True).log()

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels, reduction="sum").item(),
            "log-softmax, NLL": F.nll_loss(once, labels, reduction="sum").item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels, reduction="sum").item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels, reduction="sum").item(),
        }

    return log_softmax, endings


overflows = changed(
    by_the_formula,
    "z = z - z.max(dim=1, keepdim=True).values",
    "",
    wrong="overflows for large logits",
    passes="visible",
)
one_maximum = changed(
    by_the_formula,
    "z = z - z.max(dim=1, keepdim=True).values",
    "z = z - z.max()",
    wrong="subtracts the largest logit of all rows",
    passes="visible",
)


@wrong("logarithm of a softmax that has become 0", passes="visible")
def log_of_zero():
    def log_softmax(z):
        z = (z - z.max(dim=1, keepdim=True).values).exp()
        return (z / z.sum(dim=1, keepdim=True)).log()

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings


in_place = changed(
    by_the_formula,
    "z = z - z.max(dim=1, keepdim=True).values",
    "z -= z.max(dim=1, keepdim=True).values",
    wrong="changes its argument",
    passes="visible",
)


@wrong("the method of a tensor")
def by_a_method():
    def log_softmax(z):
        return z.log_softmax(1)

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings


@wrong("a layer that does it")
def by_a_layer():
    def log_softmax(z):
        return torch.nn.LogSoftmax(dim=1)(z)

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings


@wrong("PyTorch's softmax, and its logarithm")
def softmax_and_log():
    def log_softmax(z):
        return torch.special.softmax(z.double(), 1).clamp(min=1e-300).log().to(z.dtype)

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings


@wrong("PyTorch's loss for each class")
def by_the_loss():
    def log_softmax(z):
        n, k = z.shape
        classes = [torch.full((n,), c) for c in range(k)]
        return torch.stack([-F.cross_entropy(z, c, reduction="none") for c in classes], dim=1)

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings


@wrong("logarithms added by PyTorch")
def added_up():
    def log_softmax(z):
        return z - z.logcumsumexp(1)[:, -1:]

    def endings(logits, labels):
        once = log_softmax(logits)
        return {
            "logits, cross-entropy": F.cross_entropy(logits, labels).item(),
            "log-softmax, NLL": F.nll_loss(once, labels).item(),
            "log-softmax, cross-entropy": F.cross_entropy(once, labels).item(),
            "softmax, cross-entropy": F.cross_entropy(once.exp(), labels).item(),
        }

    return log_softmax, endings
