"""A lockdown outlives the daemon, whatever the disk does."""

from pathlib import Path

import pytest
from support.hand_clock import HandClock
from support.outcomes import grant

from faceidd.door.door import Door
from faceidd.door.lockdown import KeptLockdown
from faceidd.door.pulse import Answer, PulseRules
from faceidd.door.relay import RelaySettings
from faceidd.door.signal import Kind
from faceidd.door.simulated import SimulatedRelay
from faceidd.errors import DoorError
from faceidd.units import Seconds


def make(file: Path, clock: HandClock) -> Door:
    relay = SimulatedRelay(RelaySettings("GPIO17", True, "simulated"))
    rules = PulseRules(Seconds(3.0))
    return Door(relay, rules, lambda _: None, clock, kept=KeptLockdown(file))


def test_a_restart_does_not_lift_it(tmp_path: Path) -> None:
    file, clock = tmp_path / "lockdown", HandClock()
    door = make(file, clock)
    assert door.grant(grant(clock.now)) is Answer.OPENED
    assert door.lock_down()
    door.close()
    door = make(file, clock)
    assert door.grant(grant(clock.now)) is Answer.LOCKDOWN
    door.close()
    door = make(file, clock)
    assert door.lift_lockdown()
    assert door.grant(grant(clock.now)) is Answer.OPENED
    door.close()
    assert not KeptLockdown(file).read()


def test_its_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    kept = KeptLockdown(tmp_path / "state" / "front.lockdown")
    assert not kept.read()
    assert kept.write(False)
    assert kept.write(True)
    assert kept.read()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_a_disk_that_takes_nothing_is_told_and_the_door_is_locked_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HandClock()
    # The name leaves no room for that of the file that is written aside.
    door = make(tmp_path / ("l" * 250), clock)
    assert not door.lock_down()
    assert "is not kept" in caplog.text
    assert door.grant(grant(clock.now)) is Answer.LOCKDOWN
    door.close()


def test_a_lockdown_that_the_disk_does_not_forget_is_not_lifted(tmp_path: Path) -> None:
    file, clock = tmp_path / "lockdown", HandClock()
    file.mkdir()  # cannot be removed as a file
    door = make(file, clock)
    assert not door.lift_lockdown()
    assert door.grant(grant(clock.now)) is Answer.LOCKDOWN
    file.rmdir()
    assert door.lift_lockdown()
    assert door.grant(grant(clock.now)) is Answer.OPENED
    door.close()


def test_a_door_that_takes_nothing_any_more_begins_anew_locked_down(tmp_path: Path) -> None:
    file, clock = tmp_path / "lockdown", HandClock()
    broken, closed = make(file, clock), make(file, clock)
    broken.take(Kind.RELAY_FAULT)
    closed.close()
    for door in (broken, closed):
        with pytest.raises(DoorError):
            door.lock_down()
        assert KeptLockdown(file).read()
        file.unlink()
        door.close()


def test_what_cannot_be_found_out_is_a_lockdown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    assert KeptLockdown(tmp_path / "file" / "lockdown").read()
    assert "begins in a lockdown" in caplog.text
