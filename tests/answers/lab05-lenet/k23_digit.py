"""K23: one image of a batch, with its label."""

from helpers.grading.answers import right, wrong

EXERCISE = "k23-digit"
NAME = "digit"


@right
def by_two_indices(images, labels, index):
    return images[index, 0], int(labels[index])


@right
def step_by_step(images, labels, index):
    image = images[index]
    return image.squeeze(0), labels[index].item()


@wrong("the channel is still there")
def with_channel(images, labels, index):
    return images[index], int(labels[index])


@wrong("the label is an array's number, not an int")
def labels_unchanged(images, labels, index):
    return images[index, 0], np.array(labels[index])


@wrong("counts from one")
def from_one(images, labels, index):
    return images[index - 1, 0], int(labels[index - 1])


@wrong("the label before the image")
def exchanged(images, labels, index):
    return int(labels[index]), images[index, 0]


@wrong("rows and columns exchanged")
def turned(images, labels, index):
    return images[index, 0].T, int(labels[index])


@wrong("always number 42", passes="visible")
def always_42(images, labels, index):
    return images[42, 0], int(labels[42])


@wrong("looks at the training set, whatever is passed in", passes="visible")
def the_training_set(images, labels, index):
    return to_batch(train_columns)[index, 0], int(train_labels[index])


@wrong("the label is a number of NumPy's", passes="visible")
def numpy_label(images, labels, index):
    return images[index, 0], labels[index]
