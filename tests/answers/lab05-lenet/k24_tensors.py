"""K24: arrays wrapped in tensors."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "k24-tensors"
VALUES = ("xtrain", "ltrain", "xtest", "ltest")


@right
def from_numpy(normalise, to_batch, train_columns, test_columns, train_labels, test_labels, mean, std):
    images = [torch.from_numpy(to_batch(normalise(columns, mean, std))) for columns in (train_columns, test_columns)]
    return images[0], torch.from_numpy(train_labels), images[1], torch.from_numpy(test_labels)


@right
def batch_first_and_copies(normalise, to_batch, train_columns, test_columns, train_labels, test_labels, mean, std):
    xtrain = torch.tensor(normalise(to_batch(train_columns), mean, std))
    xtest = torch.tensor(normalise(to_batch(test_columns), mean, std))
    return xtrain, torch.tensor(train_labels), xtest, torch.tensor(test_labels)


@wrong("arrays, not tensors")
def arrays(normalise, to_batch, train_columns, test_columns, train_labels, test_labels, mean, std):
    images = [to_batch(normalise(columns, mean, std)) for columns in (train_columns, test_columns)]
    return images[0], train_labels, images[1], test_labels


float_labels = changed(
    from_numpy,
    "return images[0], torch.from_numpy(train_labels), images[1], torch.from_numpy(test_labels)",
    "return images[0], torch.tensor(train_labels).float(), images[1], torch.tensor(test_labels).float()",
    wrong="labels as float",
)
double_images = changed(
    from_numpy,
    "(normalise(columns, mean, std))) for columns in (",
    "(normalise(x, mean, std))).double() for x in (",
    wrong="images as float64",
)


@wrong("still in columns")
def columns_left(normalise, train_columns, test_columns, train_labels, test_labels, mean, std):
    images = [torch.from_numpy(normalise(columns, mean, std)) for columns in (train_columns, test_columns)]
    return images[0], torch.from_numpy(train_labels), images[1], torch.from_numpy(test_labels)


@wrong("training and test exchanged")
def exchanged(normalise, to_batch, train_columns, test_columns, train_labels, test_labels, mean, std):
    images = [torch.from_numpy(to_batch(normalise(columns, mean, std))) for columns in (test_columns, train_columns)]
    return images[0], torch.from_numpy(test_labels), images[1], torch.from_numpy(train_labels)


@wrong("the test images by their own mean and std", passes="visible")
def own_statistics(normalise, to_batch, train_columns, test_columns, train_labels, test_labels, mean, std):
    xtrain = to_batch(normalise(train_columns, mean, std))
    xtest = to_batch(normalise(test_columns, float((test_columns / 255).mean()), float((test_columns / 255).std())))
    tensors = (xtrain, train_labels, xtest, test_labels)
    return tuple(torch.from_numpy(array) for array in tensors)


@wrong("not normalised", passes="visible")
def not_normalised(to_batch, train_columns, test_columns, train_labels, test_labels):
    images = [torch.from_numpy(to_batch(columns)).float() for columns in (train_columns, test_columns)]
    return images[0], torch.from_numpy(train_labels), images[1], torch.from_numpy(test_labels)


sorted_labels = changed(
    from_numpy,
    "return images[0], torch.from_numpy(train_labels), images[1], torch.from_numpy(test_labels)",
    "return images[0], torch.tensor(sorted(train_labels)), images[1], torch.tensor(sorted(test_labels))",
    wrong="labels sorted",
    passes="visible",
)
