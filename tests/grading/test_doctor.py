"""What `course doctor` says of a machine: attack by attack, for root and for an ordinary user."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest

from helpers.grading.doctor import doctor
from helpers.grading.doctor.attacks import ATTACKS, Attack, Bait
from helpers.grading.doctor.doctor import Finding, examine, set_bait
from tests.grading.users import run_as_ordinary_user

pytestmark = pytest.mark.slow


def not_there(_: Bait) -> str:
    return ""


def test_all_attacks_are_stopped_and_what_stopped_them_is_said() -> None:
    findings = {finding.attack: finding for finding in examine()}
    assert set(findings) == {attack.title for attack in ATTACKS.values()}
    assert [finding for finding in findings.values() if finding.state != "stopped"] == []
    assert all(finding.how for finding in findings.values())
    assert findings["fill the disk"].how == "OSError: [Errno 28] No space left on device"


def test_what_is_open_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "Box", lambda *_, **__: None)  # a sandbox that is none
    monkeypatch.setattr(doctor, "ATTACKS", {"read_files": ATTACKS["read_files"]})
    assert list(examine()) == [Finding("read the instructor's files", "open", "the instructor's secret")]


def test_an_attack_that_breaks_by_itself_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ATTACKS", {"none": Attack("none", not_there, harmless=True)})
    (finding,) = examine()
    assert finding.state == "broken"
    assert "KeyError" in finding.how


def test_the_bait_is_taken_away() -> None:
    before = dict(os.environ)
    with set_bait() as bait:
        assert Path(bait.folder, "submission", "hidden.ipynb").exists()
    assert not Path(bait.folder).exists()
    assert dict(os.environ) == before


EXAMINE = """
import json
from dataclasses import astuple
from helpers.grading.doctor.doctor import examine
print(json.dumps([astuple(finding) for finding in examine()]))
"""


@pytest.mark.root
def test_an_ordinary_user_is_as_safe() -> None:
    with tempfile.TemporaryDirectory() as home:
        done = run_as_ordinary_user(EXAMINE, Path(home))
    assert done.returncode == 0, done.stderr
    findings = [Finding(*finding) for finding in json.loads(done.stdout)]
    assert len(findings) == len(ATTACKS)
    assert [finding for finding in findings if finding.state != "stopped"] == []
