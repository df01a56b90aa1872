"""K2: answers to the small lab of the tests."""

from helpers.grading.answers import right, wrong

EXERCISE = "k2-x"
VALUES = ("x",)


@right
def both(EPOCHS, SIZE):
    return [EPOCHS, SIZE]


@right
def by_hand(EPOCHS, SIZE):
    x = []
    x.append(EPOCHS)
    x.append(SIZE)
    return x


@wrong("the second is missing", passes="visible")
def only_one(EPOCHS):
    return [EPOCHS]


@wrong("the wrong order")
def swapped(EPOCHS, SIZE):
    return [SIZE, EPOCHS]
