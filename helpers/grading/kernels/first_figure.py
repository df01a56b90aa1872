"""Draw a figure, once, when this module is imported: fonts are found and read, and what draws is imported.

The figure is drawn as a notebook's are, but for nobody, and closed.
"""

from __future__ import annotations

from IPython.core.pylabtools import print_figure
from matplotlib.backends.backend_agg import FigureCanvasAgg  # the inline one would look for its kernel
from matplotlib.figure import Figure

__all__: list[str] = []


def _draw() -> None:
    figure = Figure()
    FigureCanvasAgg(figure)
    axis = figure.add_subplot()
    axis.plot([1, 2], label="a line")
    axis.set(title="A title", xlabel="one axis")
    axis.legend()
    print_figure(figure)


_draw()
