"""The pictures in notebooks: what is a picture, and what only says so."""

from __future__ import annotations

import base64
import binascii
from typing import Any

__all__ = ["PICTURES", "pictures"]

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}  # the first bytes of such files


def pictures(bundle: dict[str, Any]) -> dict[str, str]:
    """Return those entries of a MIME bundle that are PNG or JPEG pictures, by their type and their first bytes."""
    return {name: data for name in PICTURES if name in bundle and (data := _picture(bundle[name], PICTURES[name]))}


def _picture(data: Any, start: bytes) -> str:
    try:
        content = base64.b64decode("".join("".join(data).split()), validate=True)
    except (binascii.Error, TypeError, ValueError):
        return ""
    return base64.b64encode(content).decode() if content.startswith(start) else ""
