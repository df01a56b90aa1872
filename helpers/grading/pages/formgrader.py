"""formgrader lies in JupyterLab's origin, with the instructor's rights: what it serves of a student's must not run."""

from __future__ import annotations

import sys
from functools import partial

from jinja2 import Environment

__all__ = ["guard_formgrader"]

_PACKAGE = "nbgrader.server_extensions.formgrader"


def guard_formgrader() -> None:
    """Close two gaps that formgrader has no setting for; call this in its configuration, which it reads first.

    Its pages put names of students into HTML and scripts as they are: from now on they are escaped. And it serves the
    files that were handed in beside a notebook as web pages: a browser now gives them no origin, and runs no scripts.
    """
    if f"{_PACKAGE}.formgrader" in sys.modules:  # nobody else asks for JupyterLab's server
        sys.modules[f"{_PACKAGE}.formgrader"].Environment = partial(Environment, autoescape=True)  # type: ignore[attr-defined]
        sys.modules[f"{_PACKAGE}.handlers"].SubmissionFilesHandler.content_security_policy = "sandbox"
