"""What a door does when it is told to, and how it says no."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commanded import DESK, TOPIC, Commanded
from support.evening import MINAS, PULSE_S
from support.policies import EVERYBODY

from faceidd.access.policy import DoorRules, Policy
from faceidd.access.ruling import Ground
from faceidd.daemon.commands import MOST_AT_ONCE, REFUSAL_PAUSE
from faceidd.daemon.inbox import MOST_WAITING
from faceidd.errors import ConfigError
from faceidd.events.command import PrivateKey
from faceidd.events.command_check import MOST_AHEAD_MS, Refusal
from faceidd.events.event import CommandObeyed, CommandRefused
from faceidd.events.received import Received
from faceidd.units import Seconds


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Commanded]:
    with Commanded(tmp_path) as door:
        door.set_wall(60)
        yield door


def test_unlock_opens_for_one_pulse(door: Commanded) -> None:
    payload = door.sign("unlock", DESK)
    assert door.bring(payload) is None
    assert door.evening.relay.energized
    door.evening.end_pulse()
    assert door.bring(payload) is Refusal.REPLAYED
    assert door.evening.openings == 1
    obeyed = door.listener.events[0]
    assert isinstance(obeyed, CommandObeyed)
    assert (obeyed.command, obeyed.key) == ("unlock", "desk")
    assert door.bring(door.sign("unlock", DESK)) is None
    assert door.evening.openings == 2


def test_unlock_does_not_lengthen_a_pulse(door: Commanded) -> None:
    door.bring(door.sign())
    door.evening.clock.sleep(PULSE_S - 0.1)
    assert door.bring(door.sign()) is Refusal.DOOR_BUSY
    door.evening.clock.sleep(0.1)
    door.evening.door.check()
    assert not door.evening.relay.energized


def test_a_command_that_waited_for_a_stalled_daemon_opens_nothing(door: Commanded) -> None:
    door.inbox.receive(Received(door.sign(), TOPIC, retained=False))
    door.evening.clock.sleep(2.0)
    door.commands.poll()
    (event,) = door.listener.events
    assert isinstance(event, CommandRefused)
    assert event.reason is Refusal.EXPIRED
    assert door.evening.openings == 0


def test_nothing_opens_in_a_lockdown_until_it_is_released(door: Commanded) -> None:
    assert door.bring(door.sign("lockdown")) is None
    assert door.bring(door.sign()) is Refusal.LOCKDOWN
    door.evening.see(MINAS, frames=3)
    assert door.evening.denials == [("v1", "p-mina", Ground.LOCKDOWN)]
    assert door.evening.openings == 0
    assert door.bring(door.sign("release")) is None
    door.evening.see(MINAS)
    assert door.evening.openings == 1


def test_a_lockdown_outlives_the_daemon(door: Commanded, tmp_path: Path) -> None:
    door.bring(door.sign("lockdown"))
    with Commanded(tmp_path, started_s=120) as again:
        again.set_wall(180)
        assert again.bring(again.sign()) is Refusal.LOCKDOWN


def test_release_does_not_end_the_lockdown_of_a_policy(tmp_path: Path) -> None:
    policy = Policy({"front": DoorRules(allowed=EVERYBODY, lockdown=True)})
    with Commanded(tmp_path, policy=policy) as door:
        door.set_wall(60)
        assert door.bring(door.sign("release")) is None
        assert door.bring(door.sign()) is Refusal.LOCKDOWN


def test_unlock_waits_for_the_cooldown_too(tmp_path: Path) -> None:
    policy = Policy({"front": DoorRules(allowed=EVERYBODY, cooldown=Seconds(60.0))})
    with Commanded(tmp_path, policy=policy) as door:
        door.set_wall(60)
        door.evening.see(MINAS, frames=3)
        door.evening.end_pulse()
        assert door.bring(door.sign()) is Refusal.COOLDOWN
        door.evening.clock.sleep(60)
        assert door.bring(door.sign()) is None
        door.evening.end_pulse()
        assert door.bring(door.sign()) is Refusal.COOLDOWN


def test_a_relay_that_fails_refuses(door: Commanded) -> None:
    door.evening.relay.failures = 1
    assert door.bring(door.sign()) is Refusal.FAILED
    assert door.evening.openings == 0


def test_reload_and_identify_are_done(door: Commanded) -> None:
    assert door.bring(door.sign("reload")) is None
    assert door.bring(door.sign("identify")) is None
    assert (door.reloads, door.identified) == (1, 1)
    door.reload_fault = ConfigError("the policy has faults", do="correct it")
    assert door.bring(door.sign("reload")) is Refusal.FAILED


def test_what_is_not_believed_is_told_and_not_done(door: Commanded) -> None:
    assert door.bring(door.sign(), retained=True) is Refusal.RETAINED
    assert door.bring(b"unlock") is Refusal.MALFORMED
    assert door.bring(door.sign("lockdown", DESK)) is Refusal.NOT_PERMITTED
    assert door.bring(door.sign("unlock", PrivateKey.generate("desk"))) is Refusal.BAD_SIGNATURE
    late = door.sign()
    door.set_wall(60 + 3 * 3600)
    assert door.bring(late) is Refusal.EXPIRED
    door.evening.now = None
    assert door.bring(late) is Refusal.CLOCK_IMPLAUSIBLE
    assert door.evening.openings == 0


def test_the_first_moments_after_a_start_obey_nothing(tmp_path: Path) -> None:
    with Commanded(tmp_path) as door:
        assert door.bring(door.sign()) is Refusal.BEFORE_START
        door.set_wall(MOST_AHEAD_MS / 1000)
        assert door.bring(door.sign()) is None


def test_a_full_disk_refuses_to_unlock_and_still_locks_down(
    door: Commanded, tmp_path: Path
) -> None:
    away = tmp_path.with_name(f"{tmp_path.name}-away")
    tmp_path.rename(away)
    tmp_path.touch()  # no folder can be made in its place
    assert door.bring(door.sign()) is Refusal.NOT_REMEMBERED
    assert door.bring(door.sign("lockdown")) is Refusal.NOT_REMEMBERED
    assert door.bring(door.sign("release")) is Refusal.NOT_REMEMBERED
    door.evening.see(MINAS, frames=3)
    tmp_path.unlink()
    away.rename(tmp_path)
    assert door.bring(door.sign()) is Refusal.LOCKDOWN
    assert door.evening.openings == 0


def refusals(door: Commanded) -> list[CommandRefused]:
    return [event for event in door.listener.events if isinstance(event, CommandRefused)]


def test_a_flood_of_refusals_is_told_by_its_number(door: Commanded) -> None:
    flood = 200
    for _ in range(flood):
        door.inbox.receive(Received(b"unlock", TOPIC, retained=False))
        door.commands.poll()
    assert len(refusals(door)) == MOST_AT_ONCE
    door.evening.clock.sleep(REFUSAL_PAUSE)
    door.commands.poll()
    door.commands.poll()
    told = refusals(door)
    assert len(told) == MOST_AT_ONCE + 1
    assert sum(1 + event.untold for event in told) == flood


def test_what_does_not_fit_into_the_inbox_is_refused_and_counted(door: Commanded) -> None:
    for _ in range(MOST_WAITING + 5):
        door.inbox.receive(Received(b"unlock", TOPIC, retained=False))
    door.commands.poll()
    told = refusals(door)
    assert [event.reason for event in told] == [
        *[Refusal.MALFORMED] * MOST_WAITING,
        Refusal.TOO_MANY,
    ]
    assert told[-1].untold == 4
    door.commands.poll()
    assert len(refusals(door)) == MOST_WAITING + 1


def test_what_was_dropped_on_its_way_to_the_inbox_is_counted_too(door: Commanded) -> None:
    door.inbox.receive(Received(b"unlock", TOPIC, retained=False, dropped=3))
    door.commands.poll()
    told = refusals(door)
    assert [event.reason for event in told] == [Refusal.MALFORMED, Refusal.TOO_MANY]
    assert told[-1].untold == 2
