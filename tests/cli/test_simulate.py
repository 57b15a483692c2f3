import json
from pathlib import Path

import cv2
import pytest
from support.portraits import EILEEN, Visitor, picture, scene

from faceidd.cli.main import main

SCENARIO = """\
title: An enrolled person comes, and one whose looks are hers but who is said to be a stranger
haste: 20
fps: 8
camera: {read_timeout_s: 20}
policy: policy.yaml
people:
  eileen: {portrait: eileen_collins, photos: photos}
day:
  - {nobody_s: 2}
  - {who: eileen, seconds: 2, clip: clip}
  - {nobody_s: 3.5}
  - {who: eileen, seconds: 2, near_px: [150, 200], opens: false}
  - {nobody_s: 2}
"""
POLICY = "timezone: UTC\npeople: {eileen: {}}\ndoors: {front: {allow: [{who: [eileen]}]}}\n"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A scenario with all that may lie beside one: a clip, photos and a policy."""
    path = tmp_path / "impostor.yaml"
    path.write_text(SCENARIO)
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "photos").mkdir()
    cv2.imwrite(str(tmp_path / "photos" / "1.png"), picture(EILEEN))
    (tmp_path / "clip").mkdir()
    for number in range(16):
        near = scene(Visitor(EILEEN, 150 + 3 * number, (320, 240)))
        cv2.imwrite(str(tmp_path / "clip" / f"{number:02}.jpg"), near)
    return path


def test_a_false_unlock_is_counted_and_fails_the_scenario(
    scenario: Path, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--json", "--models", str(models_dir), str(scenario)]) == 18
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
    scenario: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--models", str(scenario.parent / "none"), str(scenario)]) == 5
    assert "no model pack" in capfd.readouterr().err.lower()
