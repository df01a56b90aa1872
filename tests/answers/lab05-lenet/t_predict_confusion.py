"""T-predict: the confusion matrix."""

from helpers.grading.answers import right, wrong

EXERCISE = "t-predict-confusion"
NAME = "confusion_matrix"


@right
def by_bincount(labels, predictions, classes=10):
    return torch.bincount(labels * classes + predictions, minlength=classes * classes).reshape(classes, classes)


@right
def by_one_hot(labels, predictions, classes=10):
    rows, columns = F.one_hot(labels, classes), F.one_hot(predictions, classes)
    return rows.T @ columns


@right
def by_index_put(labels, predictions, classes=10):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    return matrix.index_put((labels, predictions), torch.ones_like(labels), accumulate=True)


@wrong("rows and columns exchanged")
def transposed(labels, predictions, classes=10):
    return torch.bincount(predictions * classes + labels, minlength=classes**2).view(classes, classes)


@wrong("an index adds once, however often it occurs")
def counts_once(labels, predictions, classes=10):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    matrix[labels, predictions] += 1
    return matrix


@wrong("shares, not numbers")
def shares(labels, predictions, classes=10):
    matrix = torch.bincount(labels * classes + predictions, minlength=classes**2).view(classes, classes)
    return matrix / matrix.sum(1, keepdim=True)


@wrong("float32")
def floats(labels, predictions, classes=10):
    return torch.bincount(labels * classes + predictions, minlength=classes**2).view(classes, classes).float()


@wrong("one-dimensional")
def flat(labels, predictions, classes=10):
    return torch.bincount(labels * classes + predictions, minlength=classes**2)


@wrong("the diagonal alone")
def diagonal(labels, predictions, classes=10):
    return torch.diag(torch.bincount(labels[labels == predictions], minlength=classes))


@wrong("only the classes that occur", passes="visible")
def used_classes(labels, predictions, classes=10):
    classes = int(max(labels.max(), predictions.max())) + 1
    return torch.bincount(labels * classes + predictions, minlength=classes**2).view(classes, classes)


@wrong("always three classes", passes="visible")
def three_classes(labels, predictions, classes=10):
    return torch.bincount(labels * 3 + predictions, minlength=9)[:9].view(3, 3)


@wrong("no minlength: fails where the last pair does not occur", passes="visible")
def no_minlength(labels, predictions, classes=10):
    return torch.bincount(labels * classes + predictions).view(classes, classes)


@right
def class_by_class(labels, predictions, classes=10):
    rows = [[((labels == i) & (predictions == j)).sum() for j in range(classes)] for i in range(classes)]
    return torch.tensor(rows)


@right
def with_scikit_learn(labels, predictions, classes=10):
    from sklearn.metrics import confusion_matrix as counted

    return torch.as_tensor(counted(labels.numpy(), predictions.numpy(), labels=list(range(classes))))


@wrong("a loop over the images")
def looped(labels, predictions, classes=10):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    for label, prediction in zip(labels, predictions, strict=True):
        matrix[label, prediction] += 1
    return matrix


@wrong("takes all numbers out of PyTorch, and loops over them")
def in_python(labels, predictions, classes=10):
    matrix = [[0] * classes for _ in range(classes)]
    for label, prediction in zip(labels.tolist(), predictions.tolist(), strict=True):
        matrix[label][prediction] += 1
    return torch.tensor(matrix)


@wrong("pairs are numbered by 10, so at most ten classes", passes="visible")
def numbered_by_ten(labels, predictions, classes=10):
    counts = torch.bincount(labels * 10 + predictions, minlength=100)
    return counts.reshape(10, 10)[:classes, :classes]
