"""Make figures cheap in every process that is forked from one that has imported this.

What a process draws for the first time takes longer: fonts are found and read, modules imported. So a figure is drawn
here, for nobody. The labels of logarithmic axes are formulas, which take milliseconds each to read, and a figure is
drawn with two renderers, each of which would read them with a parser of its own. Here all share one, and what it
remembers. And after each cell, IPython draws all figures once, as a window would need it, before a notebook draws them
as pictures. Kernels here have no windows.
"""

from __future__ import annotations

from functools import cache

from IPython.core.pylabtools import print_figure
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends import backend_agg
from matplotlib.backends.backend_agg import FigureCanvasAgg  # the inline one would look for its kernel
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser

__all__: list[str] = []


def _draw() -> None:
    figure = Figure(layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    left.loglog([1, 10], label="a line")
    left.set(title="A title", xlabel="one axis")
    left.legend()
    right.imshow([[0, 1], [2, 3]])
    figure.colorbar(right.contourf([[0, 1], [2, 3]]))
    print_figure(figure)


def _skip(*_: object, **__: object) -> None:
    """Do nothing."""


backend_agg.MathTextParser = cache(MathTextParser)  # type: ignore[assignment,attr-defined]
_draw()
FigureCanvasBase.draw_idle = _skip  # type: ignore[method-assign]
