"""What a function prints."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

__all__ = ["printed"]


def printed(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Call a function; returns what it prints meanwhile, on standard output."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        function(*args, **kwargs)
    return output.getvalue()
