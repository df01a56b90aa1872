"""L6: the accuracy of each class."""

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l6-perclass"
NAME = "per_class_accuracy"


@right
def with_bincount(predictions, labels, k):
    right = torch.bincount(labels[predictions == labels], minlength=k)
    return right.double() / torch.bincount(labels, minlength=k)


@right
def over_the_classes(predictions, labels, k):
    return torch.stack([(predictions[labels == c] == c).double().mean() for c in range(k)])


@right
def from_the_confusion_matrix(predictions, labels, k):
    matrix = torch.bincount(labels * k + predictions, minlength=k * k).view(k, k).double()
    return matrix.diagonal() / matrix.sum(dim=1)


precision = changed(
    with_bincount,
    "labels, minlength",
    "predictions, minlength",
    wrong="divides by the number of predictions of the class: precision",
)


@wrong("divides by all images")
def share_of_all(predictions, labels, k):
    return torch.bincount(labels[predictions == labels], minlength=k).double() / len(labels)


percent = changed(with_bincount, "right.double", "100 * right.double", wrong="percent")


@wrong("counts, not fractions")
def counts(predictions, labels, k):
    return torch.bincount(labels[predictions == labels], minlength=k).double()


single = changed(with_bincount, "double() /", "float() /", wrong="float32")
floored = changed(
    with_bincount,
    "right.double() / torch.bincount(labels, minlength=k)",
    "(right // torch.bincount(labels, minlength=k)).double()",
    wrong="whole numbers",
)


@wrong("no minlength: the last classes are missing", passes="visible")
def too_short(predictions, labels, k):
    right = torch.bincount(labels[predictions == labels], minlength=len(torch.bincount(labels)))
    return right.double() / torch.bincount(labels)


zero_for_nothing = changed(
    with_bincount,
    "(labels, minlength=k)",
    "(labels, minlength=k).clamp(min=1)",
    wrong="0 for a class without images",
    passes="visible",
)


@wrong("always three classes", passes="visible")
def three_classes(predictions, labels, k):
    return torch.stack([(predictions[labels == c] == c).double().mean() for c in range(3)])


@wrong("the figures of the example", passes="visible")
def constant(predictions, labels, k):
    return torch.tensor([0.5, 1.0, 0.25], dtype=torch.float64)


@wrong("one image after the other")
def image_by_image(predictions, labels, k):
    right, total = torch.zeros(k, dtype=torch.float64), torch.zeros(k, dtype=torch.float64)
    for guess, label in zip(predictions, labels, strict=True):
        right[label] += guess == label
        total[label] += 1
    return right / total


@wrong("takes all numbers out of PyTorch, and loops over them")
def in_python(predictions, labels, k):
    pairs = list(zip(predictions.tolist(), labels.tolist(), strict=True))
    right = [sum(guess == label == c for guess, label in pairs) for c in range(k)]
    total = [sum(label == c for _, label in pairs) for c in range(k)]
    return torch.tensor(right).double() / torch.tensor(total)


@wrong("by its dtype only: computed in float32", passes="visible")
def late_double(predictions, labels, k):
    correct = torch.bincount(labels[predictions == labels], minlength=k)
    return (correct.float() / torch.bincount(labels, minlength=k)).double()
