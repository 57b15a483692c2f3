"""What a daemon drives is written down before it is driven, and by one daemon only."""

import json
import os
from pathlib import Path

import pytest

from faceidd.daemon.claim import claim_folder, claimed, holder
from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.door.relay import RelaySettings
from faceidd.errors import DoorError

PINS = {"relay": RelaySettings("GPIO17", False, "lgpio", "pinctrl-rp1")}


class ClaimedError(Exception):
    """The relay's pin is about to be claimed."""


def test_the_pins_are_written_down_before_they_are_claimed(
    tmp_path: Path, runtime_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claim(_: RelaySettings) -> None:
        written = json.loads((runtime_directory / "front.pins.json").read_text())
        assert {name: one["pin"] for name, one in written.items()} == {
            "relay": "GPIO17",
            "buzzer": "GPIO23",
        }
        raise ClaimedError

    monkeypatch.setattr("faceidd.daemon.daemon.open_relay", claim)
    door = {"pin_factory": "simulated", "pins_dir": str(tmp_path), "buzzer": {"pin": "GPIO23"}}
    with pytest.raises(ClaimedError):
        Daemon(Config.model_validate({"door": door}))


def test_two_daemons_drive_no_door_together(tmp_path: Path) -> None:
    with claimed(tmp_path, "front", PINS):
        with pytest.raises(DoorError, match="another daemon drives door front"):
            claimed(tmp_path, "front", PINS).__enter__()
        with claimed(tmp_path, "back", PINS):
            pass
    with claimed(tmp_path, "front", PINS):
        pass


def test_a_folder_that_cannot_be_written_stops_no_door(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with claimed(tmp_path / "file", "front", PINS):
        assert "only the configuration tells the pins" in caplog.text


@pytest.mark.parametrize(
    ("told", "folder"), [("/run/one:/run/two", "/run/one"), ("", "/run/faceidd")]
)
def test_the_folder_is_the_service_managers(
    monkeypatch: pytest.MonkeyPatch, told: str, folder: str
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", told)
    assert claim_folder() == Path(folder)


def test_who_drives_a_door_is_told_without_a_try_at_its_lock(tmp_path: Path) -> None:
    assert holder(tmp_path, "front") is None
    with claimed(tmp_path, "front", PINS):
        assert holder(tmp_path, "front") == os.getpid()
        assert holder(tmp_path, "back") is None
    assert holder(tmp_path, "front") is None
    assert holder(tmp_path, "front", locks=tmp_path / "gone") is None
