"""L7-round: channels by eight, repeats upwards."""

import math

from helpers.grading.answers import right, wrong

EXERCISE = "l7-round"
VALUES = ("round_channels", "round_repeats")


@right
def in_steps():
    def round_channels(channels, factor):
        v = factor * channels
        rounded = max(8, 8 * math.floor((v + 4) / 8))
        if rounded < 0.9 * v:
            rounded += 8
        return rounded

    def round_repeats(repeats, factor):
        return math.ceil(factor * repeats)

    return round_channels, round_repeats


@right
def by_distance():
    def round_channels(channels, factor):
        v = channels * factor
        low = int(v // 8) * 8
        near = low if v - low < 4 else low + 8
        return near if near >= 8 and near >= 0.9 * v else near + 8

    def round_repeats(repeats, factor):
        return -int(-(repeats * factor) // 1)

    return round_channels, round_repeats


@wrong("rounds down")
def down():
    def round_channels(channels, factor):
        return max(8, int(channels * factor) // 8 * 8)

    def round_repeats(repeats, factor):
        return max(1, int(repeats * factor))

    return round_channels, round_repeats


@wrong("takes away more than a tenth")
def no_tenth():
    def round_channels(channels, factor):
        return max(8, int(channels * factor + 4) // 8 * 8)

    def round_repeats(repeats, factor):
        return math.ceil(repeats * factor)

    return round_channels, round_repeats


@wrong("channels are not rounded to multiples of 8")
def any_number():
    def round_channels(channels, factor):
        return math.ceil(channels * factor)

    def round_repeats(repeats, factor):
        return math.ceil(repeats * factor)

    return round_channels, round_repeats


@wrong("floats")
def floats():
    def round_channels(channels, factor):
        v = channels * factor
        rounded = max(8, (v + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * v else rounded

    def round_repeats(repeats, factor):
        return math.ceil(repeats * factor)

    return round_channels, round_repeats


@wrong("always up", passes="visible")
def up():
    def round_channels(channels, factor):
        return max(8, math.ceil(channels * factor / 8) * 8)

    def round_repeats(repeats, factor):
        return math.ceil(repeats * factor)

    return round_channels, round_repeats


@wrong("repeats to the nearest number", passes="visible")
def nearest_repeats():
    def round_channels(channels, factor):
        v = channels * factor
        rounded = max(8, int(v + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * v else rounded

    def round_repeats(repeats, factor):
        return max(1, round(repeats * factor))

    return round_channels, round_repeats


@wrong("halves to the even multiple: 100 becomes 96", passes="visible")
def python_round():
    def round_channels(channels, factor):
        v = channels * factor
        rounded = max(8, round(v / 8) * 8)
        return rounded + 8 if rounded < 0.9 * v else rounded

    def round_repeats(repeats, factor):
        return math.ceil(repeats * factor)

    return round_channels, round_repeats


@wrong("a table of the visible examples", passes="visible")
def table():
    def round_channels(channels, factor):
        return {40: 16}.get(channels, channels)

    def round_repeats(repeats, factor):
        return 2

    return round_channels, round_repeats
