"""Make figures cheap in every process that is forked from one that has imported this.

The first figure of a process takes three times as long as any other: fonts are found and read. So one is drawn here,
for nobody. And after each cell, IPython draws all figures once, as a window would need it, before a notebook draws
them as pictures. Kernels here have no windows.
"""

from __future__ import annotations

from IPython.core.pylabtools import print_figure
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_agg import FigureCanvasAgg  # the inline one would look for its kernel
from matplotlib.figure import Figure

__all__: list[str] = []


def _draw() -> None:
    figure = Figure(layout="constrained")
    FigureCanvasAgg(figure)
    axis = figure.add_subplot()
    axis.plot([1, 2], label="a line")
    axis.set(title="A title", xlabel="one axis")
    axis.legend()
    print_figure(figure)


def _skip(*_: object, **__: object) -> None:
    """Do nothing."""


_draw()
FigureCanvasBase.draw_idle = _skip  # type: ignore[method-assign]
