"""Extra-schedule: up in a straight line, and down."""

import numpy as np

from helpers.grading.answers import right, wrong

EXERCISE = "extra-schedule"
NAME = "one_cycle"


@right
def by_interpolation(step, steps, peak, warm_up=0.2):
    return float(np.interp((2 * step + 1) / (2 * steps), [0, warm_up, 1], [0, peak, 0]))


@right
def in_two_cases(step, steps, peak, warm_up=0.2):
    s = (step + 0.5) / steps
    if s < warm_up:
        return peak * s / warm_up
    return peak * (1 - s) / (1 - warm_up)


@wrong("the rate at the beginning of the step: 0 at first")
def beginning(step, steps, peak, warm_up=0.2):
    s = step / steps
    return peak * min(s / warm_up, (1 - s) / (1 - warm_up))


@wrong("the rate at the end of the step: 0 at last")
def end(step, steps, peak, warm_up=0.2):
    s = (step + 1) / steps
    return peak * min(s / warm_up, (1 - s) / (1 - warm_up))


@wrong("rises and never falls")
def only_up(step, steps, peak, warm_up=0.2):
    return peak * min((step + 0.5) / steps / warm_up, 1.0)


@wrong("falls to 0 before the end")
def too_steep(step, steps, peak, warm_up=0.2):
    s = (step + 0.5) / steps
    return peak * (s / warm_up if s < warm_up else max(1 - s / (1 - warm_up), 0.0))


@wrong("the larger of the two lines")
def larger(step, steps, peak, warm_up=0.2):
    s = (step + 0.5) / steps
    return peak * max(s / warm_up, (1 - s) / (1 - warm_up))


@wrong("the peak is forgotten", passes="visible")
def no_peak(step, steps, peak, warm_up=0.2):
    s = (step + 0.5) / steps
    return min(s / warm_up, (1 - s) / (1 - warm_up))


@wrong("always a warm-up of a fifth", passes="visible")
def fixed_warm_up(step, steps, peak, warm_up=0.2):
    s = (step + 0.5) / steps
    return peak * min(s / 0.2, (1 - s) / 0.8)


@wrong("divides whole numbers")
def whole(step, steps, peak, warm_up=0.2):
    s = (2 * step + 1) // (2 * steps)
    return peak * min(s / warm_up, (1 - s) / (1 - warm_up))
