"""Keep students' files from running in formgrader, which has JupyterLab's origin and so the instructor's rights."""

from __future__ import annotations

import sys
from functools import partial

from jinja2 import Environment

__all__ = ["guard_formgrader"]

_PACKAGE = "nbgrader.server_extensions.formgrader"


def guard_formgrader() -> None:
    """Close two gaps that formgrader has no setting for. Call this in its configuration, which it reads first.

    Its pages insert students' names into HTML and scripts unescaped; this escapes them. And it serves submitted files
    as web pages; this sandboxes them, so that they have no origin and run no scripts:
    https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Content-Security-Policy/sandbox
    """
    if f"{_PACKAGE}.formgrader" in sys.modules:  # only JupyterLab's server imports it
        sys.modules[f"{_PACKAGE}.formgrader"].Environment = partial(Environment, autoescape=True)  # type: ignore[attr-defined]
        sys.modules[f"{_PACKAGE}.handlers"].SubmissionFilesHandler.content_security_policy = "sandbox"
