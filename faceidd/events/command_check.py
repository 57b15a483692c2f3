"""CommandCheck: which commands a door believes. Pure but for the marks that it keeps.

In this order: a command is of a known form and size, did not lie about at the broker, is signed by
a known key that may give it, is for this door, and is fresh. Then it must have been issued after
every other command that this door took from the same key. That mark is brought to the disk before
anything happens, so one message acts at most once, whatever a broker, a restart or the clock on the
wall does; a memory of nonces until they expire would forget them when that clock is set.

It must also have been issued after the daemon started: should the marks be lost, what an earlier
daemon took stays refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from faceidd.events.command import Command, CommandName

LONGEST_LIFE_MS = 60_000
"""A command that could be kept for longer is refused."""
MOST_AHEAD_MS = 5_000
"""How far the clock of who sends may be ahead of the door's."""
MOST_MARKS = 1000
"""Keys whose marks are kept; beyond it the oldest mark is forgotten."""


class Refusal(StrEnum):
    """Why a door did not do what it was told."""

    RETAINED = "retained"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    NOT_PERMITTED = "not_permitted"
    ANOTHER_DOOR = "another_door"
    CLOCK_IMPLAUSIBLE = "clock_implausible"
    TOO_LONG_A_LIFE = "too_long_a_life"
    ISSUED_AHEAD = "issued_ahead"
    EXPIRED = "expired"
    BEFORE_START = "before_start"
    REPLAYED = "replayed"
    SUPERSEDED = "superseded"
    NOT_REMEMBERED = "not_remembered"
    LOCKDOWN = "lockdown"
    COOLDOWN = "cooldown"
    TOO_MANY = "too_many"
    DOOR_BUSY = "door_busy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a door knows.

    Attributes:
        public_key: 32 bytes in base64.
        commands: What it may command.
    """

    public_key: str
    commands: frozenset[CommandName]


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest command that a door took from a key.

    Attributes:
        issued_at: When it was issued, in milliseconds since 1970 UTC.
        nonce: Its nonce.
    """

    issued_at: int
    nonce: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a message.

    Attributes:
        command: What it says, as far as it could be read; not to be believed where refused.
        refusal: Why it is not to be acted on; None if it is.
    """

    command: Command | None
    refusal: Refusal | None


class CommandCheck:
    """Decides which messages are commands to act on.

    Args:
        door: This door's id.
        keys: The keys it knows, by their ids.
        started_at: When the daemon started, in milliseconds since 1970 UTC.
        marks: Those of earlier, by the ids of keys.
        remember: Brings the marks to the disk; raises OSError where it cannot.
    """

    def __init__(
        self,
        door: str,
        keys: Mapping[str, Key],
        started_at: int,
        marks: Mapping[str, Mark],
        remember: Callable[[Mapping[str, Mark]], None],
    ) -> None:
        self.keys = keys
        self._door = door
        # An earlier daemon took nothing that was issued later than so far ahead of its end.
        self._start = started_at + MOST_AHEAD_MS
        self._marks = dict(marks)
        self._remember = remember

    def check(self, payload: bytes, *, retained: bool, now: int | None) -> Checked:
        """Judge a message; one that is to be acted on is so this once.

        Args:
            payload: As it came.
            retained: Whether the broker had kept it, or was asked to.
            now: Milliseconds since 1970 UTC; None if that clock is known to be wrong.
        """
        try:
            command = Command.parse(payload)
        except ValueError:
            return Checked(None, Refusal.RETAINED if retained else Refusal.MALFORMED)
        if retained:
            return Checked(command, Refusal.RETAINED)
        refusal = self._unbelievable(command) or self._stale(command, now)
        refusal = refusal or self._repeated(command) or self._take(command)
        return Checked(command, refusal)

    def _unbelievable(self, command: Command) -> Refusal | None:
        key = self.keys.get(command.key)
        if key is None:
            return Refusal.UNKNOWN_KEY
        if not command.is_signed_by(key.public_key):
            return Refusal.BAD_SIGNATURE
        if command.door != self._door:
            return Refusal.ANOTHER_DOOR
        if command.command not in key.commands:
            return Refusal.NOT_PERMITTED
        return None

    def _stale(self, command: Command, now: int | None) -> Refusal | None:
        if now is None:
            return Refusal.CLOCK_IMPLAUSIBLE
        if not 0 < command.expires_at - command.issued_at <= LONGEST_LIFE_MS:
            return Refusal.TOO_LONG_A_LIFE
        if command.issued_at > now + MOST_AHEAD_MS:
            return Refusal.ISSUED_AHEAD
        if now >= command.expires_at:
            return Refusal.EXPIRED
        return None

    def _repeated(self, command: Command) -> Refusal | None:
        mark = self._marks.get(command.key)
        if mark is not None and command.nonce == mark.nonce:
            return Refusal.REPLAYED
        if mark is not None and command.issued_at <= mark.issued_at:
            return Refusal.SUPERSEDED
        if command.issued_at <= self._start:
            return Refusal.BEFORE_START
        return None

    def _take(self, command: Command) -> Refusal | None:
        marks = {**self._marks, command.key: Mark(command.issued_at, command.nonce)}
        if len(marks) > MOST_MARKS:
            del marks[min(marks, key=lambda key: marks[key].issued_at)]
        try:
            self._remember(marks)
        except OSError:
            if command.command != "lockdown":  # a full disk keeps no door open
                return Refusal.NOT_REMEMBERED
        self._marks = marks
        return None
