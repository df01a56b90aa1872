"""T-plots: loss and accuracy over the epochs."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "t-plots-figure"
NAME = "plot_history"


@right
def by_a_loop(history):
    figure, panels = plt.subplots(1, 2)
    for axes, what, factor in zip(panels, ("loss", "accuracy"), (1, 100), strict=True):
        for split, style in (("train", "o--"), ("test", "s-")):
            heights = factor * np.array(history[f"{split}_{what}"])
            axes.plot(np.arange(1, len(heights) + 1), heights, style, label=split)
        axes.set_xlabel("epoch")
        axes.set_ylabel(what)
        axes.legend()
    return figure


@right
def line_by_line(history):
    figure = plt.figure(figsize=(9, 4))
    left, right_panel = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
    epochs = [1 + e for e in range(len(history["train_loss"]))]
    left.plot(epochs, history["train_loss"], marker="x", label="training")
    left.plot(epochs, history["test_loss"], marker="o", label="test")
    right_panel.plot(epochs, [100 * a for a in history["train_accuracy"]], linestyle=":", label="training")
    right_panel.plot(epochs, [100 * a for a in history["test_accuracy"]], label="test")
    left.set(xlabel="epoch", ylabel="loss")
    right_panel.set(xlabel="epoch", ylabel="accuracy (%)")
    left.legend()
    right_panel.legend()
    return figure


fractions = changed(by_a_loop, "(1, 100), strict", "(1, 1), strict", wrong="accuracy as a fraction")
test_first = changed(
    by_a_loop, 'train", "o--"), ("test", "s', 'test", "s-"), ("train", "o-', wrong="test before training"
)
accuracy_first = changed(
    by_a_loop, '"loss", "accuracy"), (1, 100', '"accuracy", "loss"), (100, 1', wrong="accuracy before loss"
)


@wrong("one panel for all four lines")
def one_panel(history):
    figure, axes = plt.subplots()
    for key, values in history.items():
        axes.plot(range(1, len(values) + 1), values, label=key)
    axes.legend()
    return figure


@wrong("test accuracy alone, as the tutorial draws it")
def no_training_accuracy(history):
    figure, panels = plt.subplots(1, 2)
    panels[0].plot(history["train_loss"])
    panels[0].plot(history["test_loss"])
    panels[1].plot(history["test_accuracy"])
    return figure


nothing_returned = changed(by_a_loop, "return figure", 'figure.suptitle("history")', wrong="returns nothing")
from_zero = changed(
    by_a_loop, "np.arange(1, len(heights) + 1), heights", "heights", wrong="epochs from 0", passes="visible"
)


@wrong("no labels on the axes", passes="visible")
def no_labels(history):
    figure, panels = plt.subplots(1, 2)
    for axes, what, factor in zip(panels, ("loss", "accuracy"), (1, 100), strict=True):
        for split, style in (("train", "o--"), ("test", "s-")):
            heights = factor * np.array(history[f"{split}_{what}"])
            axes.plot(np.arange(1, len(heights) + 1), heights, style, label=split)
        axes.legend()
    return figure


no_legend = changed(by_a_loop, "axes.legend()", "", wrong="no legend", passes="visible")
colour_alone = changed(
    by_a_loop, 'test", "s-', 'test", "o--', wrong="lines that differ by colour alone", passes="visible"
)
two_epochs = changed(
    by_a_loop, '[f"{split}_{what}"]', '[f"{split}_{what}"][:2]', wrong="two epochs only", passes="visible"
)


@right
def wide_and_narrow(history):
    figure, panels = plt.subplots(ncols=2)
    for axes, what, factor in zip(panels, ("loss", "accuracy"), (1, 100), strict=True):
        epochs = range(1, len(history["train_loss"]) + 1)
        axes.plot(epochs, [factor * y for y in history[f"train_{what}"]], lw=3)
        axes.plot(epochs, [factor * y for y in history[f"test_{what}"]], lw=1)
        axes.set(xlabel="epoch", ylabel=what)
        axes.legend([f"{what}, training images", f"{what}, test images"])
    return figure


@wrong("one panel below the other", passes="visible")
def stacked(history):
    figure, panels = plt.subplots(2, 1)
    for axes, what, factor in zip(panels, ("loss", "accuracy"), (1, 100), strict=True):
        epochs = range(1, len(history["train_loss"]) + 1)
        axes.plot(epochs, [factor * y for y in history[f"train_{what}"]], "--", label="train")
        axes.plot(epochs, [factor * y for y in history[f"test_{what}"]], "-", label="test")
        axes.set(xlabel="epoch", ylabel=what)
        axes.legend()
    return figure


@wrong("a legend that does not tell the lines apart", passes="visible")
def legend_of_figures(history):
    figure, panels = plt.subplots(1, 2)
    for axes, what, factor in zip(panels, ("loss", "accuracy"), (1, 100), strict=True):
        epochs = range(1, len(history["train_loss"]) + 1)
        axes.plot(epochs, [factor * y for y in history[f"train_{what}"]], "--", label=what)
        axes.plot(epochs, [factor * y for y in history[f"test_{what}"]], "-", label=what)
        axes.set(xlabel="epoch", ylabel=what)
        axes.legend()
    return figure


@wrong("the accuracy stands on the left", passes="visible")
def exchanged_places(history):
    figure = plt.figure()
    for place, what, factor in ((2, "loss", 1), (1, "accuracy", 100)):
        axes = figure.add_subplot(1, 2, place)
        epochs = range(1, len(history["train_loss"]) + 1)
        axes.plot(epochs, [factor * y for y in history[f"train_{what}"]], "--", label="train")
        axes.plot(epochs, [factor * y for y in history[f"test_{what}"]], "-", label="test")
        axes.set(xlabel="epoch", ylabel=what)
        axes.legend()
    return figure
