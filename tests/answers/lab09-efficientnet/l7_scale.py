"""L7-scale: depth, width, resolution and cost by one number."""

import math

from helpers.grading.answers import right, wrong

EXERCISE = "l7-scale"
NAME = "compound_scale"


@right
def powers(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d, w, r = (base**phi for base in (alpha, beta, gamma))
    return d, w, r, d * w * w * r * r


@right
def cost_of_one_step(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return alpha**phi, beta**phi, gamma**phi, (alpha * beta**2 * gamma**2) ** phi


@right
def by_logarithms(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d, w, r = (math.exp(phi * math.log(base)) for base in (alpha, beta, gamma))
    return [d, w, r, math.prod([d, w, w, r, r])]


@wrong("width and resolution counted once")
def linear_cost(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d, w, r = alpha**phi, beta**phi, gamma**phi
    return d, w, r, d * w * r


@wrong("multiplies by phi")
def times_phi(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d, w, r = alpha * phi, beta * phi, gamma * phi
    return d, w, r, d * w**2 * r**2


@wrong("no cost")
def three_factors(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return alpha**phi, beta**phi, gamma**phi


@wrong("depth counted twice, width once")
def square_of_the_depth(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d, w, r = alpha**phi, beta**phi, gamma**phi
    return d, w, r, d**2 * w * r**2


@wrong("grows by the same amount at each step", passes="visible")
def straight_line(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d, w, r = (1 + phi * (base - 1) for base in (alpha, beta, gamma))
    return d, w, r, d * w**2 * r**2


@wrong("alpha, beta, gamma are not used", passes="visible")
def fixed_bases(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d, w, r = 1.2**phi, 1.1**phi, 1.15**phi
    return d, w, r, d * w**2 * r**2


@wrong("the cost doubles with each phi, exactly")
def doubles(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return alpha**phi, beta**phi, gamma**phi, 2.0**phi


@wrong("whole steps only", passes="visible")
def loop(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d = w = r = 1.0
    for _ in range(int(phi)):
        d, w, r = d * alpha, w * beta, r * gamma
    return d, w, r, d * w**2 * r**2


@wrong("rounded to two decimals")
def rounded(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d, w, r = alpha**phi, beta**phi, gamma**phi
    return tuple(round(factor, 2) for factor in (d, w, r, d * w**2 * r**2))
