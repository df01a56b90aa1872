"""pip, conda and the package agree on what is installed, and `helpers/` imports nothing else."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.conftest import LABS, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())
FILES = {"labs": "requirements.txt", "grading": "requirements-grading.txt", "dev": "requirements-dev.txt"}
GIVEN = ("torch", "torchvision", "jupyterlab", "nbgrader", "matplotlib", "nbval", "papermill")


def wanted(*extras: str) -> list[Requirement]:
    """Return what the project declares for the labs and these extras, and for the extras that these name."""
    declared = [
        *PROJECT["dependencies"],
        *(line for extra in extras for line in PROJECT["optional-dependencies"][extra]),
    ]
    requirements = [Requirement(line) for line in declared]
    included = {
        extra for requirement in requirements if requirement.name == PROJECT["name"] for extra in requirement.extras
    }
    if included - set(extras):
        return wanted(*extras, *sorted(included - set(extras)))
    return [requirement for requirement in requirements if requirement.name != PROJECT["name"]]


WANTED = {"labs": wanted(), "grading": wanted("grading"), "dev": wanted("dev")}


def pins(install: str) -> dict[str, Requirement]:
    lines = (ROOT / FILES[install]).read_text().splitlines()
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, lines)}


PINNED = {install: pins(install) for install in FILES}


@pytest.mark.parametrize(
    ("install", "requirement"),
    [pytest.param(install, one, id=f"{install}-{one}") for install, all_of_it in WANTED.items() for one in all_of_it],
)
def test_each_dependency_is_pinned_within_its_range(install: str, requirement: Requirement) -> None:
    (pin,) = PINNED[install][canonicalize_name(requirement.name)].specifier
    assert pin.operator == "=="
    assert requirement.specifier.contains(pin.version)


@pytest.mark.parametrize("install", FILES)
def test_every_pin_is_exact(install: str) -> None:
    for pin in PINNED[install].values():
        assert re.fullmatch(r"==[^,*]+", str(pin.specifier)), pin


@pytest.mark.parametrize(("smaller", "larger"), [("labs", "grading"), ("grading", "dev")])
def test_a_larger_install_holds_the_smaller_one_at_the_same_versions(smaller: str, larger: str) -> None:
    versions = [{name: pin.specifier for name, pin in PINNED[install].items()} for install in (smaller, larger)]
    assert versions[0].items() <= versions[1].items(), "run `make requirements`"


@pytest.mark.parametrize("name", GIVEN)
def test_the_given_packages_are_dependencies(name: str) -> None:
    assert name in {requirement.name for requirement in WANTED["dev"]}


@pytest.mark.parametrize("name", GIVEN)
def test_the_pinned_version_is_the_one_that_runs(name: str) -> None:
    (pin,) = PINNED["dev"][name].specifier
    assert version(name).split("+")[0] == pin.version


def test_conda_installs_the_same_file_and_a_fitting_python() -> None:
    pip = next(item["pip"] for item in CONDA["dependencies"] if isinstance(item, dict))
    # Lines of a requirements file, for that is what conda makes of them.
    assert pip == [f"-r {FILES['dev']}", "-e ."]
    python = next(item for item in CONDA["dependencies"] if isinstance(item, str) and item.startswith("python="))
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))


def test_no_line_names_an_index() -> None:
    for name in (*FILES.values(), "environment.yml", "pyproject.toml"):
        assert not re.search(r"index-url|find-links|https?://", (ROOT / name).read_text()), name


def test_ci_names_actions_by_their_commits_and_tests_each_python() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    for action in re.findall(r"uses: (.+)", text):
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", action), action
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert oldest in yaml.safe_load(text)["jobs"]["test"]["strategy"]["matrix"]["python"]


# What is imported is declared.


def imported(source: str, also_in_functions: bool = True) -> set[str]:
    """Return the names of the modules that a source imports: `from a import b` gives a and a.b."""
    tree = ast.parse(source)
    nodes = ast.walk(tree) if also_in_functions else iter(tree.body)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def file_of(module: str) -> Path | None:
    """Return the file of one of the course's modules; None for other modules."""
    path = ROOT / module.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def reached(modules: Iterable[str]) -> set[Path]:
    """Return the files of these modules, and of those that they import when they are imported."""
    files: set[Path] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        file = file_of(module)
        if module.split(".")[0] == "helpers" and file and file not in files:
            files.add(file)
            waiting += [*imported(file.read_text(encoding="utf-8"), also_in_functions=False), module.rpartition(".")[0]]
    return files


def undeclared(sources: Iterable[str], requirements: Iterable[Requirement]) -> set[str]:
    """Return the distributions that sources import and that no requirement names."""
    packages = packages_distributions()
    names = {name.split(".")[0] for source in sources for name in imported(source)}
    others = names - set(sys.stdlib_module_names) - {"helpers"}
    declared = {canonicalize_name(requirement.name) for requirement in requirements}
    return {name for name in others if not declared & {canonicalize_name(one) for one in packages.get(name, [name])}}


def texts(paths: Iterable[Path]) -> Iterator[str]:
    return (path.read_text(encoding="utf-8") for path in paths)


HELPERS = sorted((ROOT / "helpers").rglob("*.py"))
GRADING = ROOT / "helpers" / "grading"


def test_labs_need_only_what_a_student_installs() -> None:
    cells = [cell.source for lab in LABS for cell in lab.read().cells if cell.cell_type == "code"]
    sources = [source for source in cells if not source.startswith("%")]
    assert (
        undeclared([*sources, *texts(path for path in HELPERS if GRADING not in path.parents)], WANTED["labs"]) == set()
    )


def test_a_student_can_run_course_check() -> None:
    command = ["helpers.cli", "helpers.student.run_checks"]
    files = reached(command)
    assert {file_of(module) for module in command} <= files
    assert undeclared(texts(files), WANTED["labs"]) == set()


def test_all_that_helpers_imports_is_declared() -> None:
    assert undeclared(texts(HELPERS), [*WANTED["grading"], *wanted("scheduler")]) == set()


def test_the_kernel_overrides_methods_of_one_major_version_of_ipykernel() -> None:
    (ipykernel,) = (requirement for requirement in WANTED["labs"] if requirement.name == "ipykernel")
    assert ipykernel.specifier == SpecifierSet(">=7,<8")
