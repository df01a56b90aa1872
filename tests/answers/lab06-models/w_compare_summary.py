"""W-compare, part 3: mean, standard deviation, and where a published figure lies."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "w-compare-summary"
NAME = "summary"


@right
def with_statistics(accuracies, published):
    import statistics

    if len(accuracies) < 2:
        raise ValueError("at least two runs")
    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
    return mean, spread, (published - mean) / spread


@right
def with_numpy(accuracies, published):
    import numpy as np

    if len(accuracies) in (0, 1):
        raise ValueError("one run has no spread")
    mean, spread = float(np.mean(accuracies)), float(np.std(accuracies, ddof=1))
    return mean, spread, (published - mean) / spread


@right
def with_torch(accuracies, published):
    if len(accuracies) < 2:
        raise ValueError(f"got {len(accuracies)} accuracies")
    values = torch.tensor(accuracies, dtype=torch.float64)
    mean, spread = values.mean().item(), values.std().item()
    return mean, spread, (published - mean) / spread


@wrong("divides by n")
def divides_by_n(accuracies, published):
    import numpy as np

    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = float(np.mean(accuracies)), float(np.std(accuracies))
    return mean, spread, (published - mean) / spread


@wrong("the variance in place of the standard deviation: no root", passes="visible")
def variance(accuracies, published):
    import statistics

    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = statistics.mean(accuracies), statistics.variance(accuracies)
    return mean, spread, (published - mean) / spread


@wrong("the wrong sign")
def wrong_sign(accuracies, published):
    import statistics

    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
    return mean, spread, (mean - published) / spread


@wrong("no sign")
def no_sign(accuracies, published):
    import statistics

    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
    return mean, spread, abs(published - mean) / spread


@wrong("the standard error in place of the standard deviation")
def standard_error(accuracies, published):
    import statistics

    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies) / len(accuracies) ** 0.5
    return mean, spread, (published - mean) / spread


@wrong("tensors in place of numbers")
def tensors(accuracies, published):
    if len(accuracies) < 2:
        raise ValueError("at least two")
    values = torch.tensor(accuracies)
    return values.mean(), values.std(), (published - values.mean()) / values.std()


@wrong("the gap in percentage points, not in standard deviations", passes="visible")
def in_points(accuracies, published):
    import statistics

    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
    return mean, spread, published - mean


@wrong("the middle value in place of the mean", passes="visible")
def median(accuracies, published):
    import statistics

    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = statistics.median(accuracies), statistics.stdev(accuracies)
    return mean, spread, (published - mean) / spread


@wrong("half the range in place of the standard deviation", passes="visible")
def half_the_range(accuracies, published):
    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = sum(accuracies) / len(accuracies), (max(accuracies) - min(accuracies)) / 2
    return mean, spread, (published - mean) / spread


no_error = changed(
    with_statistics,
    'raise ValueError("at least two runs")',
    "return (accuracies or [0.0])[0], 0.0, 0.0",
    wrong="one run has the spread 0",
    passes="visible",
)


@wrong("rounds the mean to two decimals", passes="visible")
def two_decimals(accuracies, published):
    import statistics

    if len(accuracies) < 2:
        raise ValueError("at least two")
    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
    return round(mean, 2), round(spread, 2), round((published - mean) / spread, 2)
