"""What `faceidd door` says and does."""

import json
from pathlib import Path

import pytest

from faceidd.cli.main import main
from faceidd.daemon.claim import claimed
from faceidd.door.pin_file import look
from faceidd.door.relay import RelaySettings
from faceidd.errors import ConfigError, DoorError

SCRIPT = Path(__file__).parents[2] / "config" / "door-script.yaml"


def write(folder: Path, text: str) -> str:
    file = folder / "script.yaml"
    file.write_text(text)
    return str(file)


def test_the_shipped_script_plays_as_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["door", "simulate", str(SCRIPT)]) == 0
    out = capsys.readouterr().out
    assert "<--" not in out
    assert "  131.000  held_too_long (clock)                  held       off    held\n" in out
    assert "    0.000  grant                    opened        unlocking  on\n" in out


def test_machines_read_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["door", "simulate", str(SCRIPT), "--json"]) == 0
    moments = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {moment["state"] for moment in moments} == {
        "locked",
        "unlocking",
        "open",
        "held",
        "propped",
        "forced",
        "lockdown",
        "fire",
    }  # fmt: skip - one a line reads worse
    assert moments[0] == {
        "at": 0.0,
        "event": "grant",
        "by_clock": False,
        "answer": "opened",
        "state": "unlocking",
        "relay": True,
        "buzzer": False,
        "open_light": True,
        "alarm_light": False,
        "alerts": [],
        "faulty_lines": [],
        "expected": "unlocking",
        "as_expected": True,
    }


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_state_that_does_not_come_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: list[str]
) -> None:
    script = write(tmp_path, "script: [{at: 0, event: grant, age_s: 9, expect: unlocking}]")
    assert main(["door", "simulate", script, *form]) == 1
    said = '"as_expected": false' if form else "1 of the expected states did not come"
    assert said in capsys.readouterr().out


def test_the_door_of_a_configuration_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "faceidd.yaml"
    config.write_text("door: {pulse_s: 7.0}\n")
    script = write(tmp_path, "script: [{at: 0, event: exit}]")
    assert main(["door", "simulate", script, "--config", str(config)]) == 0
    assert "    7.000  pulse_over (clock)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("script: []", "script: List should have at least 1 item"),
        ("script: [{at: 1, event: open_sesame}]", "script, entry 1, event: Input should be"),
        ("script: [{at: 1}]", "entry 1: Value error, says neither"),
        ("script: [{at: 1, event: line_fault}]", "a line fault names its line"),
        ("script: [{at: 2, event: exit}, {at: 1, event: exit}]", "entry 2 is before"),
        ("script: [{at: -1, event: exit}]", "script, entry 1, at: Input should be"),
        ("door: {pulse_s: 99}\nscript: [{at: 1, event: exit}]", "door, pulse_s: Input should be"),
        ("- 1", "Input should be"),
        ("script: [", "no plain YAML"),
        ("\x00", "no plain YAML"),
    ],
)
def test_a_script_that_is_none_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    assert main(["door", "simulate", write(tmp_path, text)]) == 3
    assert told in capsys.readouterr().err


def test_a_script_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["door", "simulate", "/nowhere.yaml"]) == 3
    assert "/nowhere.yaml cannot be read" in capsys.readouterr().err


@pytest.mark.usefixtures("runtime_directory")
def test_all_that_a_door_drives_is_put_at_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "faceidd.yaml"
    config.write_text(
        "door: {pin_factory: simulated, pins_dir: pins, active_high: false,"
        " buzzer: {pin: GPIO23}, alarm_light: {pin: GPIO24, active_high: false}}\n"
    )
    pins = tmp_path / "pins"
    pins.mkdir()
    for pin, level in [("GPIO17", 0), ("GPIO23", 1), ("GPIO24", 0)]:  # as a killed door left them
        (pins / pin).write_text(f"out {level}\n")
    assert main(["door", "release", "--config", str(config)]) == 0
    assert "the relay on GPIO17 is released" in capsys.readouterr().out
    rested = {pin: look(pins, pin) for pin in ("GPIO17", "GPIO23", "GPIO24")}
    assert rested == {"GPIO17": (False, True), "GPIO23": (False, False), "GPIO24": (False, True)}


@pytest.fixture
def driven(tmp_path: Path) -> dict[str, RelaySettings]:
    """The pins of a door that was killed in a pulse."""
    pins = tmp_path / "pins"
    pins.mkdir()
    (pins / "GPIO5").write_text("out 1\n")
    (pins / "GPIO6").write_text("out 0\n")
    return {
        "relay": RelaySettings("GPIO5", True, "simulated", folder=pins),
        "open_light": RelaySettings("GPIO6", False, "simulated", folder=pins),
    }


def config_of(folder: Path, text: str) -> list[str]:
    config = folder / "faceidd.yaml"
    config.write_text(text)
    return ["door", "release", "--config", str(config)]


@pytest.mark.parametrize("broken", ["door: [", "door: {pin: 7}", None])
def test_a_broken_configuration_keeps_no_pin_from_its_rest(
    tmp_path: Path,
    runtime_directory: Path,
    driven: dict[str, RelaySettings],
    capsys: pytest.CaptureFixture[str],
    broken: str | None,
) -> None:
    with claimed(runtime_directory, "front", driven):
        pass  # it is killed
    release = config_of(tmp_path, broken or "")
    if broken is None:
        Path(release[-1]).unlink()
    assert main(release) == ConfigError.exit_code
    pins = tmp_path / "pins"
    assert (look(pins, "GPIO5"), look(pins, "GPIO6")) == ((False, False), (False, True))
    said = capsys.readouterr()
    assert "the relay on GPIO5 is released, as" in said.out
    assert "faceidd.yaml" in said.err
    assert list(runtime_directory.iterdir()) == []


def test_pins_that_the_configuration_knows_no_more_are_put_at_rest_before_its_own(
    tmp_path: Path, runtime_directory: Path, driven: dict[str, RelaySettings]
) -> None:
    with claimed(runtime_directory, "old-name", driven):
        pass
    (tmp_path / "pins" / "GPIO17").write_text("out 1\n")
    assert main(config_of(tmp_path, "door: {pin_factory: simulated, pins_dir: pins}")) == 0
    for pin in ("GPIO5", "GPIO17"):
        assert look(tmp_path / "pins", pin) == (False, False)


def test_the_pins_of_a_daemon_that_runs_are_its_own(
    tmp_path: Path, runtime_directory: Path, driven: dict[str, RelaySettings]
) -> None:
    with claimed(runtime_directory, "back", driven):
        assert main(config_of(tmp_path, "door: {pin_factory: simulated}")) == 0
        assert look(tmp_path / "pins", "GPIO5") == (True, True)


def test_a_pin_that_cannot_be_put_at_rest_is_told_and_keeps_no_other_from_it(
    tmp_path: Path,
    runtime_directory: Path,
    driven: dict[str, RelaySettings],
    capsys: pytest.CaptureFixture[str],
) -> None:
    stuck = {"relay": RelaySettings("GPIO99", True, "simulated"), "buzzer": driven["relay"]}
    with claimed(runtime_directory, "front", stuck):
        pass
    (runtime_directory / "damaged.pins.json").write_text("{")
    release = config_of(tmp_path, "door: {pin_factory: simulated}")
    assert main(release) == DoorError.exit_code
    assert look(tmp_path / "pins", "GPIO5") == (False, False)
    said = capsys.readouterr()
    assert "the relay on GPIO17 is released" in said.out
    assert "GPIO99" in said.err
    assert "damaged.pins.json are not known" in said.err
    assert main(release) == DoorError.exit_code  # it is not forgotten
