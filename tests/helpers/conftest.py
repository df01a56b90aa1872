"""What the tests of the helpers share: a clean environment, and small image sets."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from helpers.data import ImageSet
from helpers.datasets import sources


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Unset the data folder, forget what was loaded, and return the path of an empty cache."""
    for name in ("CNN_LABS_DATA", "CNN_LABS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sources, "_not_fetched", {})
    monkeypatch.setattr(sources, "_announced", set())
    return tmp_path / "cache" / "cnn-labs"


def make_set(n: int = 30, classes: int = 3, channels: int = 1, side: int = 6, source: str = "folder") -> ImageSet:
    """Return images that a linear model can classify: class k is bright in row k, on a dark and noisy ground."""
    generator = torch.Generator().manual_seed(n)
    labels = torch.arange(n) % classes
    images = torch.randint(0, 60, (n, channels, side, side), dtype=torch.uint8, generator=generator)
    images[torch.arange(n), :, labels] += 150
    names = tuple("abcdefghij"[:classes])
    return ImageSet("mnist", images, labels, names, (0.3,) * channels, (0.25,) * channels, source)
