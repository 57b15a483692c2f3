"""Auditor: what happens at a door -> records of its audit log.

Nothing here makes the door wait, and no fault of it reaches the door: what goes wrong is logged,
and the record is missing.
"""

import functools
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite
from typing import Concatenate, Literal, ParamSpec

from faceidd import __version__
from faceidd.access.attendance import MOST_VISITORS, Outcome
from faceidd.access.decision import Decision, Reason, Verdict
from faceidd.access.ruling import Ruling
from faceidd.audit.record import Kind, Said
from faceidd.audit.writer import AuditWriter
from faceidd.clock import Clock, WallClock, monotonic, wall
from faceidd.daemon.config import Config
from faceidd.daemon.operating_point import OperatingPoint
from faceidd.door.change import DoorChange, DoorNews
from faceidd.door.pulse import Answer
from faceidd.door.state import State
from faceidd.events.command import Command
from faceidd.events.command_check import Refusal
from faceidd.gallery.gallery import Gallery
from faceidd.units import Instant

_OF_NOBODY = {Reason.STRANGER, Reason.AMBIGUOUS}
"""Denials of somebody of whom it is not known who they are."""

_Args = ParamSpec("_Args")
_log = logging.getLogger(__name__)


def _fails_nobody(
    method: Callable[Concatenate["Auditor", _Args], None],
) -> Callable[Concatenate["Auditor", _Args], None]:
    @functools.wraps(method)
    def guarded(self: "Auditor", /, *args: _Args.args, **kwargs: _Args.kwargs) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            # The same of every record: a log must not tell that there was a silent alarm.
            _log.error("the audit log lacks a record: %s", type(error).__name__)
            if method.__name__ != "duress":
                _log.debug("why the audit log lacks it", exc_info=True)

    return guarded


class Auditor:
    """Writes down what one door does, or nothing where no audit log is kept.

    Args:
        writer: Takes the records; None keeps none.
        boot: Name of this run of the daemon.
        clock: The clock that instants are told in.
        wall_clock: What records are dated by.
    """

    def __init__(
        self,
        writer: AuditWriter | None,
        boot: str,
        *,
        clock: Clock = monotonic,
        wall_clock: WallClock = wall,
    ) -> None:
        self.writer = writer
        self.boot = boot
        self._clock = clock
        self._wall_clock = wall_clock
        self._threshold: float | None = None
        self._loaded: dict[Kind, Said] = {}
        # Visit -> what was decided on it when it was news, for a denial by the policy.
        self._decided: OrderedDict[str, Decision] = OrderedDict()
        self._admitted: OrderedDict[tuple[str, Answer], None] = OrderedDict()
        self._fault: str | None = None

    @_fails_nobody
    def started(self, config: Config) -> None:
        """The daemon starts, with these settings; secrets are no part of their digest."""
        self._record(Kind.START, {"version": __version__})
        self._record(Kind.CONFIGURATION, {"digest": _digest(config)})

    @_fails_nobody
    def reconfigured(self, was: Config, config: Config) -> None:
        """Other settings are in force from now on."""
        self._record(Kind.CONFIGURATION, {"digest": _digest(config), "was": _digest(was)})

    @_fails_nobody
    def loaded(
        self, gallery: Gallery, digest: str, policy: str | None, point: OperatingPoint
    ) -> None:
        """The door goes by these now; what is as it was is not written down again.

        Args:
            gallery: Who is known.
            digest: SHA-256 of its plain file, in hexadecimal.
            policy: SHA-256 of the policy's file; None without one.
            point: Where likeness begins.
        """
        self._threshold = point.threshold
        scale = {"metric": point.scale.metric, "normalization": point.scale.normalization}
        self._change(Kind.POLICY, policy, {})
        self._change(
            Kind.GALLERY,
            digest,
            {
                "version": gallery.version,
                "people": len(gallery.people),
                "model": gallery.model_id,
                "threshold": point.threshold,
                **scale,
            },
        )

    @_fails_nobody
    def outcome(self, outcome: Outcome) -> None:
        """A visitor was recognized, or is nobody whom the door lets in."""
        decision = outcome.decision
        if decision.verdict is Verdict.GRANT:
            self._decided[outcome.visit] = decision
            _bound(self._decided)
            return
        # Whoever is nearest to a stranger is not named: that is nobody who was there.
        match = None if decision.reason in _OF_NOBODY else decision.match
        who = {} if match is None else {"person": match.person.id}
        said: Said = {"visit": outcome.visit, **who, **self._scores(decision)}
        self._record(Kind.DENY, said, decision.newest)

    @_fails_nobody
    def admitted(self, outcome: Outcome, ruling: Ruling, answer: Answer) -> None:
        """The policy let a visitor pass, and this is what the door answered."""
        key = (outcome.visit, answer)
        if key in self._admitted:
            return
        self._admitted[key] = None
        _bound(self._admitted)
        kind = Kind.GRANT if answer is Answer.OPENED else Kind.DENY
        said: Said = {
            "visit": outcome.visit,
            "person": ruling.person,
            "answer": answer,
            "ground": ruling.ground,
            "rule": ruling.rule,
            **self._scores(outcome.decision),
        }
        self._record(kind, said, outcome.decision.newest)

    @_fails_nobody
    def denied(self, visit: str, ruling: Ruling, at: Instant) -> None:
        """The policy lets somebody not pass who was recognized."""
        decision = self._decided.get(visit)
        said: Said = {
            "visit": visit,
            "person": ruling.person,
            "ground": ruling.ground,
            "rule": ruling.rule,
            **(self._scores(decision) if decision else {}),
        }
        self._record(Kind.DENY, said, at)

    @_fails_nobody
    def duress(self, visit: str, person: str, sign: Literal["look", "pin"], at: Instant) -> None:
        """Somebody is being forced."""
        self._record(Kind.DURESS, {"visit": visit, "person": person, "sign": sign}, at)

    @_fails_nobody
    def obeyed(self, command: Command) -> None:
        """A command was carried out."""
        self._record(Kind.COMMAND, {"obeyed": True, **_of_command(command)})

    @_fails_nobody
    def refused(self, command: Command | None, reason: Refusal, untold: int) -> None:
        """A command was not; so many before it were not told."""
        said: Said = {"obeyed": False, "reason": reason, "untold": untold, **_of_command(command)}
        self._record(Kind.COMMAND, said)

    @_fails_nobody
    def change(self, change: DoorChange) -> None:
        """The relay was energized or released."""
        said: Said = {
            "state": "opened" if change.open else "closed",
            "cause": change.cause,
            "visit": change.visit,
            "open_ms": None if change.open_for is None else round(1000 * change.open_for),
        }
        self._record(Kind.DOOR, said, change.at)

    @_fails_nobody
    def news(self, news: DoorNews) -> None:
        """The door's state changed, or an alert began or ended."""
        state, was = news.now.state, news.was.state
        # That the relay alone moved is written down by `change`.
        if state is not was and {state, was} != {State.LOCKED, State.UNLOCKING}:
            self._record(Kind.DOOR, {"state": state, "was": was}, news.at)
        for one in news.alerts:
            said: Said = {"alert": one.alert, "active": one.active, "line": one.line}
            self._record(Kind.DOOR, said, news.at)

    def ends(self, fault: object) -> None:
        """Remember for the last record what ends the daemon; None is nothing, or not known here."""
        if fault is not None:
            self._fault = f"{type(fault).__name__}: {fault}"

    def close(self) -> None:
        """Write that the daemon stops, sign, and let go; bounded. May be called again."""
        if self.writer is not None:
            self._record(Kind.STOP, {"fault": self._fault})
            self.writer.close()

    def _change(self, kind: Kind, digest: str | None, said: Said) -> None:
        now: Said = {"digest": digest, **said}
        was = self._loaded.get(kind)
        if now == was:
            return
        self._loaded[kind] = now
        self._record(kind, {**now, "was": was["digest"] if was else None})

    def _scores(self, decision: Decision) -> Said:
        match = decision.match
        said: dict[str, str | int | float | bool | None] = {
            "reason": decision.reason,
            "frames": decision.frames,
        }
        if match is not None:
            said |= {
                "metric": match.scale.metric,
                "normalization": match.scale.normalization,
                "value": _number(match.value),
                "threshold": self._threshold,
                "margin": _number(match.margin),
            }
        return said

    def _record(self, kind: Kind, said: Said, at: Instant | None = None) -> None:
        if self.writer is not None:
            self.writer.record(kind, said, None if at is None else self._moment(at))

    def _moment(self, at: Instant) -> datetime:
        return self._wall_clock() - timedelta(seconds=max(0.0, self._clock() - at))


def _digest(config: Config) -> str:
    return hashlib.sha256(config.model_dump_json().encode()).hexdigest()


def _of_command(command: Command | None) -> Said:
    if command is None:
        return {"command": None, "key": None, "nonce": None}
    return {"command": command.command, "key": command.key, "nonce": command.nonce}


def _number(value: float) -> float | None:
    """A score as it stands in a record; a margin to nobody has none."""
    return round(value, 4) if isfinite(value) else None


def _bound(kept: OrderedDict[str, Decision] | OrderedDict[tuple[str, Answer], None]) -> None:
    while len(kept) > MOST_VISITORS:
        kept.popitem(last=False)
