"""K1: answers to the small lab of the tests."""

from helpers.grading.answers import right, wrong

EXERCISE = "k1-double"
NAME = "double"


@right
def times(n):
    return n * 2


@right
def plus(n):
    return n + n


@wrong("squares: right for the example alone", passes="visible")
def square(n):
    return n**2


@wrong("adds one")
def one_more(n):
    return n + 1
