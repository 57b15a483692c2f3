"""Commands: what comes signed from afar, checked and carried out between two frames.

Nothing waits here for a better moment: a command is judged at the next turn of the daemon's loop
and then done or refused; `reload` is answered when it is done. Every refusal is told; where they
come faster than one in `REFUSAL_PAUSE`, after the first `MOST_AT_ONCE`, their number is.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from faceidd.access.ruling import Ground
from faceidd.clock import Clock, monotonic
from faceidd.daemon.gate import Gate
from faceidd.daemon.inbox import Inbox
from faceidd.door.pulse import Answer
from faceidd.events.command import Command
from faceidd.events.command_check import CommandCheck, Refusal
from faceidd.events.received import Received
from faceidd.units import Instant, Seconds

MOST_AT_ONCE = 20
REFUSAL_PAUSE = Seconds(3.0)

_log = logging.getLogger(__name__)


class CommandTeller(Protocol):
    """Who is told what came of commands."""

    def obeyed(self, command: Command) -> None:
        """A command was carried out."""

    def refused(self, command: Command | None, reason: Refusal, untold: int) -> None:
        """A command was not; so many before it were not told."""


class Commands:
    """Takes messages from the broker and does what they rightly say.

    Args:
        inbox: Where they wait.
        check: Decides which are to be believed.
        gate: What unlocks and locks down.
        teller: Who is told.
        reload: Has policy and gallery taken in anew, and then tells whether that failed.
        identify: Tells what this door is.
        wall_clock: The present moment; None where the clock on the wall cannot be right.
        clock: What the pace of refusals counts by.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        check: CommandCheck,
        gate: Gate,
        teller: CommandTeller,
        reload: Callable[[Callable[[Exception | None], None]], None],
        identify: Callable[[], None],
        wall_clock: Callable[[], datetime | None],
        clock: Clock = monotonic,
    ) -> None:
        self._inbox = inbox
        self._check = check
        self._gate = gate
        self._teller = teller
        self._reload = reload
        self._identify = identify
        self._wall_clock = wall_clock
        self._clock = clock
        self._untold = 0
        self._last: tuple[Command | None, Refusal] | None = None
        self._refusals = float(MOST_AT_ONCE)
        self._refilled = clock()

    def poll(self) -> None:
        """Do or refuse what came, on the daemon's thread."""
        messages, dropped = self._inbox.take()
        for received, at in messages:
            self._handle(received, at)
        if dropped:
            self._untold += dropped - 1
            self._refuse(None, Refusal.TOO_MANY)
        elif self._last is not None:
            command, reason = self._last
            self._untold -= 1
            self._refuse(command, reason)

    def _handle(self, received: Received, at: Instant) -> None:
        now = self._wall_clock()
        checked = self._check.check(
            received.payload,
            retained=received.retained,
            now=None if now is None else int(1000 * now.timestamp()),
        )
        command, refusal = checked.command, checked.refusal
        if command is not None and refusal is None and command.command == "reload":
            self._reload(partial(self._reloaded, command))
            return
        if command is not None and refusal is None:
            try:
                refusal = self._obey(command, at)
            except Exception:
                _log.exception("command %s of key %s failed", command.command, command.key)
                refusal = Refusal.FAILED
        if refusal is not None:
            self._refuse(command, refusal)
        elif command is not None:
            self._tell_obeyed(command)

    def _reloaded(self, command: Command, fault: Exception | None) -> None:
        if fault is None:
            self._tell_obeyed(command)
        else:
            self._refuse(command, Refusal.FAILED)

    def _tell_obeyed(self, command: Command) -> None:
        _log.info("command %s of key %s was obeyed", command.command, command.key)
        self._teller.obeyed(command)

    def _obey(self, command: Command, at: Instant) -> Refusal | None:
        match command.command:
            case "unlock":
                return self._unlock(command, at)
            case "lockdown" | "release":
                if not self._gate.lock_down(down=command.command == "lockdown"):
                    return Refusal.NOT_REMEMBERED
            case "identify":
                self._identify()
        return None

    def _unlock(self, command: Command, at: Instant) -> Refusal | None:
        ruling, answer = self._gate.open_by_command(command.visit, at)
        match ruling.ground, answer:
            case (Ground.LOCKDOWN, _) | (_, Answer.LOCKDOWN):
                return Refusal.LOCKDOWN
            case Ground.COOLDOWN, _:
                return Refusal.COOLDOWN
            case Ground.ALLOWED, Answer.OPENED:
                return None
            case Ground.ALLOWED, Answer.ALREADY_OPEN:
                return Refusal.DOOR_BUSY
            case Ground.ALLOWED, Answer.TOO_OLD:
                return Refusal.EXPIRED
            case _:
                return Refusal.FAILED

    def _refuse(self, command: Command | None, reason: Refusal) -> None:
        now = self._clock()
        refill = (now - self._refilled) / REFUSAL_PAUSE
        self._refusals, self._refilled = min(MOST_AT_ONCE, self._refusals + refill), now
        if self._refusals < 1:
            self._untold += 1
            self._last = (command, reason)
            return
        self._refusals -= 1
        untold, self._untold, self._last = self._untold, 0, None
        who = f"{command.command} of key {command.key}" if command else "a message"
        _log.warning("command refused, %s: %s (%d before it untold)", reason, who, untold)
        self._teller.refused(command, reason, untold)
