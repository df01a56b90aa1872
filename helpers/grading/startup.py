"""A command that is there a second and a half sooner."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quick_imports"]


@contextmanager
def quick_imports() -> Iterator[None]:
    """Let the imports in the block take less time.

    What is imported is not garbage, so nobody needs to look for some. And jsonschema would build a grammar of web
    addresses, for a second, to check formats that no notebook holds; it does without where the package is missing.
    """
    unwanted = "rfc3987_syntax"
    hidden = unwanted not in sys.modules
    if hidden:
        sys.modules[unwanted] = None  # type: ignore[assignment]  # Python's way to say that there is none
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        if hidden:
            del sys.modules[unwanted]
