"""pip, conda and the package agree on what is installed."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())
PINNED = {
    pin.name.lower(): pin
    for line in (ROOT / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
    for pin in [Requirement(line)]
}
WANTED = [Requirement(text) for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]]
GIVEN = ("torch", "torchvision", "jupyterlab", "nbgrader", "matplotlib", "nbval", "papermill")


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_each_dependency_is_pinned_within_its_range(wanted: Requirement) -> None:
    (pin,) = PINNED[wanted.name.lower()].specifier
    assert pin.operator == "=="
    assert wanted.specifier.contains(pin.version)


@pytest.mark.parametrize("name", GIVEN)
def test_the_given_packages_are_dependencies(name: str) -> None:
    assert name in {wanted.name for wanted in WANTED}


@pytest.mark.parametrize("name", GIVEN)
def test_the_pinned_version_is_the_one_that_runs(name: str) -> None:
    (pin,) = PINNED[name].specifier
    assert version(name).split("+")[0] == pin.version


def test_every_pin_is_exact() -> None:
    for pin in PINNED.values():
        assert re.fullmatch(r"==[^,*]+", str(pin.specifier)), pin


def test_conda_installs_the_same_file_and_a_fitting_python() -> None:
    pip = next(item["pip"] for item in CONDA["dependencies"] if isinstance(item, dict))
    assert pip == ["-r requirements.txt", "-e ."]  # lines of a requirements file, for that is what conda makes of them
    python = next(item for item in CONDA["dependencies"] if isinstance(item, str) and item.startswith("python="))
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))


def test_no_line_names_an_index() -> None:
    for name in ("requirements.txt", "environment.yml", "pyproject.toml"):
        assert not re.search(r"index-url|find-links|https?://", (ROOT / name).read_text()), name
