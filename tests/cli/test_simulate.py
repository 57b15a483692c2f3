import json
from pathlib import Path

import pytest

from faceidd.cli.main import main

SCENARIO = """\
title: An enrolled person comes, and one whose looks are hers but who is said to be a stranger
haste: 20
fps: 8
camera: {read_timeout_s: 20}
people:
  eileen: {portrait: eileen_collins}
day:
  - {nobody_s: 2}
  - {who: eileen, seconds: 2, near_px: [150, 200]}
  - {nobody_s: 3.5}
  - {who: eileen, seconds: 2, near_px: [150, 200], opens: false}
  - {nobody_s: 2}
"""


def test_a_false_unlock_is_counted_and_fails_the_scenario(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "impostor.yaml"
    path.write_text(SCENARIO)
    assert main(["simulate", "--json", str(path)]) == 18
    said = json.loads(capsys.readouterr().out)
    levels = said["levels"]
    assert (levels["unlocks"], levels["false_unlocks"], levels["missed_visits"]) == (2, 1, 0)
    assert (levels["visits"], levels["to_open"]) == (2, 1)
    assert levels["events"]["person_recognized"] == 2
    assert said["broken"] == ["false_unlocks is 1, and 0 is allowed"]


def test_a_scenario_that_is_none_starts_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", str(tmp_path / "none.yaml")]) == 3
    assert "none.yaml cannot be read" in capsys.readouterr().err


def test_a_fault_of_a_scenarios_process_is_told_as_of_ours(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO)
    assert main(["simulate", "--models", str(tmp_path / "none"), str(path)]) == 5
    assert "no model pack" in capfd.readouterr().err.lower()
