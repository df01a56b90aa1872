"""`course doctor` reports the result of each attack, for root and for ordinary users."""

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


def get_nothing(_: Bait) -> str:
    return ""


def test_doctor_says_what_stopped_each_attack() -> None:
    findings = {finding.attack: finding for finding in examine()}
    assert set(findings) == {attack.title for attack in ATTACKS.values()}
    assert [finding for finding in findings.values() if finding.state != "stopped"] == []
    assert all(finding.how for finding in findings.values())
    assert findings["fill the disk"].how == "OSError: [Errno 28] No space left on device"


def test_doctor_reports_an_open_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "Box", lambda *_, **__: None)  # no sandbox at all
    monkeypatch.setattr(doctor, "ATTACKS", {"read_files": ATTACKS["read_files"]})
    assert list(examine()) == [Finding("read the instructor's files", "open", "the instructor's secret")]


def test_an_attack_with_a_bug_is_reported_as_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ATTACKS", {"none": Attack("none", "none", get_nothing)})
    (finding,) = examine()
    assert finding.state == "broken"
    assert "KeyError" in finding.how


def test_the_bait_is_removed() -> None:
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
def test_all_attacks_are_stopped_for_an_ordinary_user() -> None:
    with tempfile.TemporaryDirectory() as home:
        done = run_as_ordinary_user(EXAMINE, Path(home))
    assert done.returncode == 0, done.stderr
    findings = [Finding(*finding) for finding in json.loads(done.stdout)]
    assert len(findings) == len(ATTACKS)
    assert [finding for finding in findings if finding.state != "stopped"] == []
