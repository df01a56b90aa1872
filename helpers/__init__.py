"""What the labs share: data, device, training, figures, plots and checks.

Notebooks import the modules one by one (`from helpers.data import load`); nothing happens at import.
`helpers.grading` is what graders run; a student's notebook never imports it.
"""

__version__ = "1.0.0"  # the only place where it is written: the package takes its version from here
