"""`faceidd doctor`: a table for people, JSON of a published form for programs, and exit codes."""

import json
from pathlib import Path

import jsonschema
import pytest

from faceidd.checkup.checkup import NAMES
from faceidd.cli.doctor import FINDINGS
from faceidd.cli.main import main


@pytest.fixture
def config(tmp_path: Path, runtime_directory: Path) -> Path:
    """A door without anything, on a desk."""
    assert not runtime_directory.exists()
    file = tmp_path / "faceidd.yaml"
    file.write_text("door: {pin_factory: simulated}\npolicy: {state_dir: state}\n")
    return file


def test_warnings_are_told_and_leave_the_exit_code(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--config", str(config), "--only", "pins", "broker"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "door front: 1 warn, 1 skipped",
        "  warn  pins    the pins are simulated: no lock is moved",
        "                -> set door.pin_factory to lgpio on a board",
        "  -     broker  mqtt.host is null: nobody is told over MQTT",
    ]


def test_the_json_is_of_its_schema(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    only = ["configuration", "gallery", "disk", "clock", "daemon"]
    command = ["doctor", "--config", str(config), "--json", "--only", *only]
    config.write_text(f"gallery: {{file: {config.parent}/none}}")
    assert main(command) == FINDINGS
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, schema)
    assert (report["schema"], report["verdict"]) == ("faceidd.doctor/1", "fail")
    (lost,) = (check for check in report["checks"] if check["name"] == "gallery")
    assert lost["verdict"] == "fail"
    assert lost["mend"]


def test_every_mistake_of_the_configuration_keeps_its_line(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("camera:\n  nose: 3\n  rotate: 45\n")
    command = ["doctor", "--config", str(config), "--only", "configuration", "pins"]
    assert main(command) == FINDINGS
    shown = capsys.readouterr().out
    assert "nose" in shown
    assert "rotate" in shown
    assert "the configuration is not right: see configuration" in shown


def test_a_part_that_does_not_exist_is_a_wrong_command_line(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--config", str(config), "--only", "nose"]) == 2
    assert "choose from configuration, policy, camera" in capsys.readouterr().err


def test_patience_is_a_bounded_number(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["doctor", "--config", str(config), "--only", "pins", "--patience"]
    assert main([*command, "2.5"]) == 0
    for wrong in ("0.5", "61", "nan", "long"):
        with pytest.raises(SystemExit) as ended:
            main([*command, wrong])
        assert ended.value.code == 2
    assert "must be from 1 to 60" in capsys.readouterr().err


def test_all_is_looked_at_where_half_is_missing(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(f"camera: {{source: /dev/video99}}\nmodels: {{dir: {config.parent}}}\n")
    assert main(["doctor", "--config", str(config), "--json"]) == FINDINGS
    checks = json.loads(capsys.readouterr().out)["checks"]
    names = [check["name"] for check in checks]
    assert len(set(names)) == len(names)
    assert list(dict.fromkeys(name.partition(".")[0] for name in names)) == list(NAMES)
    assert not [check for check in checks if "the check itself failed" in check["reason"]]
    assert all(check["mend"] for check in checks if check["verdict"] in {"warn", "fail"})
