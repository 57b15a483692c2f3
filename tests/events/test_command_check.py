"""Which commands a door believes, and that it believes none twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faceidd.events.command import COMMANDS, Command, CommandName, PrivateKey
from faceidd.events.command_check import (
    LONGEST_LIFE_MS,
    MOST_AHEAD_MS,
    CommandCheck,
    Key,
    Mark,
    Refusal,
)

NOW = 1_767_610_800_000
START = NOW - 3_600_000
HOURS = 3_600_000
KEY, BOSS, THIEF = (PrivateKey.generate(name) for name in ("reception", "boss", "reception"))
KEYS = {
    "reception": Key(KEY.public_key, frozenset({"unlock"})),
    "boss": Key(BOSS.public_key, frozenset(COMMANDS)),
}


@dataclass
class Disk:
    """Where marks outlive a daemon."""

    marks: dict[str, Mark] = field(default_factory=dict)
    full: bool = False

    def keep(self, marks: Mapping[str, Mark]) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.marks = dict(marks)

    def start(self, at: int = START) -> CommandCheck:
        """A daemon that starts with what is there."""
        return CommandCheck("front", KEYS, at, self.marks, self.keep)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def check(disk: Disk) -> CommandCheck:
    return disk.start()


def signed(
    command: CommandName = "unlock",
    *,
    key: PrivateKey = KEY,
    door: str = "front",
    at: int = NOW,
    life: int = 10_000,
) -> bytes:
    return key.sign(command, door, at, life).model_dump_json().encode()


def judged(
    check: CommandCheck, payload: bytes, now: int | None = NOW, *, retained: bool = False
) -> Refusal | None:
    return check.check(payload, retained=retained, now=now).refusal


def test_a_command_is_believed_once(check: CommandCheck) -> None:
    payload = signed()
    checked = check.check(payload, retained=False, now=NOW)
    assert (checked.command, checked.refusal) == (Command.parse(payload), None)
    assert [judged(check, payload, NOW + late) for late in (0, 1, 9_999)] == [Refusal.REPLAYED] * 3


@pytest.mark.parametrize(
    ("payload", "now", "refusal"),
    [
        (b"unlock", NOW, Refusal.MALFORMED),
        (signed(key=PrivateKey.generate("nobody")), NOW, Refusal.UNKNOWN_KEY),
        (signed(key=THIEF), NOW, Refusal.BAD_SIGNATURE),
        (signed(door="back"), NOW, Refusal.ANOTHER_DOOR),
        (signed("lockdown"), NOW, Refusal.NOT_PERMITTED),
        (signed(), None, Refusal.CLOCK_IMPLAUSIBLE),
        (signed(life=LONGEST_LIFE_MS + 1), NOW, Refusal.TOO_LONG_A_LIFE),
        (signed(life=0), NOW, Refusal.TOO_LONG_A_LIFE),
        (signed(), NOW + 9_999, None),
        (signed(), NOW + 10_000, Refusal.EXPIRED),
        (signed(), NOW + 3 * HOURS, Refusal.EXPIRED),
        (signed(), NOW - MOST_AHEAD_MS, None),
        (signed(), NOW - MOST_AHEAD_MS - 1, Refusal.ISSUED_AHEAD),
        (signed(at=START + MOST_AHEAD_MS), START + MOST_AHEAD_MS, Refusal.BEFORE_START),
        (signed(at=START + MOST_AHEAD_MS + 1), START + MOST_AHEAD_MS + 1, None),
    ],
)
def test_what_is_not_to_be_believed_is_refused(
    check: CommandCheck, payload: bytes, now: int | None, refusal: Refusal | None
) -> None:
    assert judged(check, payload, now) is refusal


@pytest.mark.parametrize("payload", [signed(), b"unlock"])
def test_what_lay_about_at_the_broker_is_refused(check: CommandCheck, payload: bytes) -> None:
    assert judged(check, payload, retained=True) is Refusal.RETAINED


def test_what_came_retained_can_still_be_sent_rightly(check: CommandCheck) -> None:
    payload = signed()
    judged(check, payload, retained=True)
    assert judged(check, payload) is None


def test_commands_of_one_key_come_in_their_order(check: CommandCheck) -> None:
    earlier, later = signed(at=NOW), signed(at=NOW + 1)
    assert judged(check, later) is None
    assert judged(check, earlier) is Refusal.SUPERSEDED
    assert judged(check, signed(key=BOSS, at=NOW)) is None


def test_a_refused_command_uses_nothing_up(check: CommandCheck, disk: Disk) -> None:
    judged(check, signed(key=THIEF, at=NOW + 4_000))
    judged(check, signed(door="back", at=NOW + 4_000))
    assert disk.marks == {}
    assert judged(check, signed()) is None


def test_a_restart_opens_no_window(check: CommandCheck, disk: Disk) -> None:
    ahead = signed(at=NOW + MOST_AHEAD_MS)  # from a clock that is a little fast
    assert judged(check, ahead) is None
    assert judged(disk.start(NOW + 1), ahead, NOW + 2) is Refusal.REPLAYED


def test_a_restart_opens_no_window_where_the_disk_was_lost(check: CommandCheck, disk: Disk) -> None:
    ahead = signed(at=NOW + MOST_AHEAD_MS)
    assert judged(check, ahead) is None
    disk.marks = {}
    assert judged(disk.start(NOW), ahead, NOW + 1) is Refusal.BEFORE_START


def test_a_restart_opens_no_window_where_the_clock_was_set_back(
    check: CommandCheck, disk: Disk
) -> None:
    payload = signed()
    assert judged(check, payload) is None
    assert judged(disk.start(NOW - 2 * HOURS), payload, NOW) is Refusal.REPLAYED


def test_what_cannot_be_remembered_is_not_done_but_for_a_lockdown(
    check: CommandCheck, disk: Disk
) -> None:
    disk.full = True
    assert judged(check, signed()) is Refusal.NOT_REMEMBERED
    lockdown = signed("lockdown", key=BOSS)
    assert judged(check, lockdown) is None
    assert judged(check, lockdown) is Refusal.REPLAYED
    disk.full = False
    assert judged(check, signed(at=NOW + 1)) is None


def test_a_key_that_was_withdrawn_commands_no_more(check: CommandCheck) -> None:
    check.keys = {}
    assert judged(check, signed()) is Refusal.UNKNOWN_KEY
    check.keys = KEYS
    assert judged(check, signed()) is None


_WAYS: list[tuple[CommandName, PrivateKey]] = [
    ("unlock", KEY), ("unlock", BOSS), ("release", BOSS)
]  # fmt: skip
_MESSAGES = [
    signed(name, key=key, at=NOW + at, life=life)
    for at, life in ((0, 1_000), (500, 60_000), (2_000, 10_000), (HOURS, 10_000))
    for name, key in _WAYS
]  # fmt: skip


@settings(max_examples=200)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(_MESSAGES),
            st.integers(-2 * HOURS, 4 * HOURS) | st.integers(-1_000, 12_000),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_no_message_acts_twice_whatever_broker_restarts_and_clock_do(
    steps: list[tuple[bytes, int, bool]],
) -> None:
    disk = Disk()
    check = disk.start()
    acted: list[bytes] = []
    for payload, clock, restart in steps:
        if restart:
            check = disk.start(NOW + clock)
        if judged(check, payload, NOW + clock) is None:
            acted.append(payload)
    assert len(acted) == len(set(acted))
