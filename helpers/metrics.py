"""Tables that compare models: accuracy on each class, and mean ± standard deviation over several seeds."""

from __future__ import annotations

import html
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers.evaluation import Evaluation, common_classes

__all__ = ["Table", "compare", "per_class_table"]

REMARK = "Stand-in data: do not compare these figures with published ones."


@dataclass(frozen=True)
class Table:
    """A small table that prints as text and shows as HTML in a notebook. The first column holds names.

    Attributes:
        columns: headings.
        rows: cells as text, as many in a row as there are headings.
        remark: a line below; empty for none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str = ""

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in lines]
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([text[0], rule, *text[1:], *([self.remark] if self.remark else [])])

    def _repr_html_(self) -> str:
        head = _html_row("th", self.columns)
        body = "".join(_html_row("td", row) for row in self.rows)
        remark = f"<p>{html.escape(self.remark)}</p>" if self.remark else ""
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{remark}"


def per_class_table(evaluations: Mapping[str, Evaluation]) -> Table:
    """Return the accuracy on each class in percent: a row for each class and for all images, a column for each model.

    Raises:
        ValueError: if there is no evaluation, or the classes differ.
    """
    models = list(evaluations.values())
    rows = [
        (name, *(_percent(model.per_class[k].item()) for model in models))
        for k, name in enumerate(common_classes(evaluations))
    ]
    rows.append(("all images", *(_percent(model.accuracy) for model in models)))
    remark = REMARK if any(model.is_stand_in for model in models) else ""
    return Table(("class", *evaluations), tuple(rows), remark)


def compare(results: Mapping[str, Sequence[float]], stand_in: bool = False) -> Table:
    """Return mean ± standard deviation of each model's accuracies, one accuracy a seed.

    Args:
        results: by the model's name: accuracies as fractions, 0 to 1.
        stand_in: whether they were measured on stand-in data (`image_set.is_stand_in`).

    Returns:
        A table in percent. The standard deviation is the sample's (divided by n - 1); with one seed there is none.

    Raises:
        ValueError: if a model has no result.
    """
    rows = []
    for name, accuracies in results.items():
        if len(accuracies) == 0:
            raise ValueError(f"{name!r} has no result: give at least one accuracy")
        mean = f"{100 * statistics.fmean(accuracies):.2f}"
        spread = f"{100 * statistics.stdev(accuracies):.2f}" if len(accuracies) > 1 else "–"
        rows.append((name, f"{mean} ± {spread}", str(len(accuracies))))
    return Table(("model", "accuracy (%)", "seeds"), tuple(rows), REMARK if stand_in else "")


def _percent(fraction: float) -> str:
    return "–" if math.isnan(fraction) else f"{100 * fraction:.1f} %"


def _html_row(tag: str, cells: Sequence[str]) -> str:
    styles = ("left", *["right"] * (len(cells) - 1))
    text = "".join(
        f'<{tag} style="text-align: {side}">{html.escape(cell)}</{tag}>'
        for side, cell in zip(styles, cells, strict=True)
    )
    return f"<tr>{text}</tr>"
