"""What a gate remembers over a restart, and of other doors on the board."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from support.evening import MINA, MINAS, Evening
from support.hand_clock import HandClock

from faceidd.access.policy import (
    AntiPassback,
)
from faceidd.access.ruling import Ground
from faceidd.daemon.door_state import DoorState
from faceidd.door.lockdown import KeptLockdown
from faceidd.units import Seconds

MakeEvening = Callable[..., Evening]


def test_a_lockdown_outlives_a_restart(make: MakeEvening, tmp_path: Path) -> None:
    kept = KeptLockdown(tmp_path / "lockdown")
    evening = make(kept=kept)
    assert evening.gate.lock_down(down=True)
    evening.see(MINAS, frames=5)
    assert evening.denials == [("v1", MINA.id, Ground.LOCKDOWN)]
    again = make(kept=kept)
    again.see(MINAS, frames=5)
    assert again.openings == 0
    assert again.gate.lock_down(down=False)
    again.see(MINAS, frames=1)
    assert again.openings == 1
    assert not make(kept=kept).gate.lockdown


def test_a_lockdown_holds_also_where_it_cannot_be_written_down(
    make: MakeEvening, tmp_path: Path
) -> None:
    # The name leaves no room for that of the file that is written aside.
    evening = make(kept=KeptLockdown(tmp_path / ("l" * 250)))
    assert not evening.gate.lock_down(down=True)
    evening.see(MINAS, frames=5)
    assert evening.openings == 0


def test_passages_outlive_a_restart_also_where_the_clock_was_set_back(
    make: MakeEvening, tmp_path: Path
) -> None:
    rules = AntiPassback(timed=Seconds(600.0))
    clock = HandClock()
    moments = [datetime(2026, 1, 5, 11, tzinfo=UTC)]

    def restarted() -> DoorState:
        return DoorState(tmp_path, "front", clock=clock, wall_clock=lambda: moments[-1])

    make(anti_passback=rules, state=restarted()).see(MINAS, frames=3)
    for hour, minute, openings in ((11, 9, 0), (9, 0, 0), (11, 11, 1)):
        moments.append(datetime(2026, 1, 5, hour, minute, tzinfo=UTC))
        evening = make(anti_passback=rules, state=restarted())
        evening.see(MINAS, frames=3)
        assert evening.openings == openings


def test_the_other_door_on_the_board_says_who_came_out(make: MakeEvening, tmp_path: Path) -> None:
    clock = HandClock()
    here, there = (DoorState(tmp_path, door, clock=clock) for door in ("front", "back"))
    evening = make(anti_passback=AntiPassback(until_passed="back"), state=here)
    evening.see(MINAS, frames=3)
    evening.see(frames=40)
    evening.see(MINAS, frames=3)
    assert evening.openings == 1
    assert evening.denials == [("v2", MINA.id, Ground.ANTI_PASSBACK)]
    clock.now = evening.clock.now
    there.passages = {("back", MINA.id): clock()}
    there.save()
    clock.sleep(5)
    evening.see(frames=50)
    evening.see(MINAS, frames=3)
    assert evening.openings == 2


def test_who_came_out_by_a_clock_that_was_set_back_since_is_not_known_to_be_out(
    make: MakeEvening, tmp_path: Path
) -> None:
    clock = HandClock()
    nine, ten, eleven = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 11))
    walls, theirs = [nine], [ten]
    here = DoorState(tmp_path, "front", clock=clock, wall_clock=lambda: walls[-1])
    there = DoorState(tmp_path, "back", clock=clock, wall_clock=lambda: theirs[-1])
    evening = make(anti_passback=AntiPassback(until_passed="back"), state=here)

    def come_again() -> int:
        evening.see(frames=40)
        clock.now = evening.clock.now
        evening.see(MINAS, frames=3)
        clock.now = evening.clock.now
        return evening.openings

    there.passages = {("back", MINA.id): clock()}
    assert come_again() == 1
    there.save()
    assert come_again() == 1
    assert evening.denials == [("v2", MINA.id, Ground.ANTI_PASSBACK)]
    walls.append(eleven)  # time goes on; that passage is no newer for it
    assert come_again() == 1
    theirs.append(eleven)
    there.passages = {("back", MINA.id): clock()}
    there.save()
    assert come_again() == 2
