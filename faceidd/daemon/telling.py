"""Outcomes and changes of the door -> events."""

import logging
import uuid
from typing import Literal

from faceidd import __version__
from faceidd.access.attendance import Outcome
from faceidd.access.decision import Reason, Verdict
from faceidd.access.rejections import RejectionNews
from faceidd.access.ruling import Ruling
from faceidd.clock import Clock, monotonic
from faceidd.door.change import DoorChange, DoorNews
from faceidd.door.state import State
from faceidd.events.command import Command
from faceidd.events.command_check import Refusal
from faceidd.events.envelope import Stamp, envelope
from faceidd.events.event import (
    AccessDenied,
    CommandObeyed,
    CommandRefused,
    DoorAlert,
    DoorClosed,
    DoorIdentified,
    DoorOpened,
    DoorStateChanged,
    DuressSignaled,
    FaceRejected,
    PersonRecognized,
    StrangerSeen,
)
from faceidd.events.sink import EventSink
from faceidd.units import Instant, Seconds

ALARM_LIFE = Seconds(86400.0)
"""For how long the silent alarm is worth raising."""

_log = logging.getLogger(__name__)


class Telling:
    """Says what happened at one door.

    Args:
        sink: Whom it is told to.
        door: The door's id.
        lifetime: How long an event is news.
        clock: The monotonic clock that instants are told in.
        site: Where the door is.
    """

    def __init__(
        self,
        sink: EventSink,
        door: str,
        lifetime: Seconds,
        clock: Clock = monotonic,
        *,
        site: str | None = None,
    ) -> None:
        self._sink = sink
        self._door = door
        self._lifetime = lifetime
        self._clock = clock
        self._site = site
        self._opening: str | None = None

    def outcome(self, outcome: Outcome) -> None:
        """Tell who was recognized, or that somebody was seen whom the door does not know."""
        decision, match = outcome.decision, outcome.decision.match
        stamp = self._stamp(decision.newest, outcome.visit)
        if decision.reason is Reason.EXPIRED and match is not None:
            _log.warning("visit %s is of %s, who has expired", outcome.visit, match.person.id)
        if decision.verdict is Verdict.DENY:
            stranger = StrangerSeen(
                **stamp,
                visit=outcome.visit,
                reason=_reason(decision.reason),
                metric=match.scale.metric if match else None,
                normalization=match.scale.normalization if match else None,
                value=round(match.value, 4) if match else None,
                frames=decision.frames,
            )
            self._sink.publish(stranger)
        elif decision.person is not None and match is not None:
            recognized = PersonRecognized(
                **stamp,
                visit=outcome.visit,
                person=decision.person.id,
                name=decision.person.name,
                metric=match.scale.metric,
                normalization=match.scale.normalization,
                value=round(match.value, 4),
                frames=decision.frames,
                latency_ms=round(1000 * self._age(decision.oldest)),
            )
            self._sink.publish(recognized)

    def rejection(self, news: RejectionNews) -> None:
        """Tell that faces could not be judged."""
        rejected = FaceRejected(
            **self._stamp(news.at), reason=news.reason, frames=news.frames, total=news.total
        )
        self._sink.publish(rejected)

    def denied(self, visit: str, ruling: Ruling, at: Instant) -> None:
        """Tell that the policy lets somebody not pass who was recognized."""
        denied = AccessDenied(
            **self._stamp(at, visit),
            visit=visit,
            person=ruling.person or "",
            ground=ruling.ground,
            rule=ruling.rule,
        )
        self._sink.publish(denied)

    def duress(self, visit: str, person: str, sign: Literal["look", "pin"], at: Instant) -> None:
        """Raise the silent alarm."""
        stamp = self._stamp(at, visit, ALARM_LIFE)
        alarm = DuressSignaled(**stamp, visit=visit, person=person, sign=sign)
        self._sink.publish(alarm)

    def obeyed(self, command: Command) -> None:
        """Tell that a command was carried out."""
        told = CommandObeyed(
            **self._now(command.visit),
            command=command.command,
            key=command.key,
            nonce=command.nonce,
        )
        self._sink.publish(told)

    def refused(self, command: Command | None, reason: Refusal, untold: int) -> None:
        """Tell that a command was not.

        Args:
            command: What the message said, if it was a command.
            reason: Why not.
            untold: How many refusals before it were not told.
        """
        told = CommandRefused(
            **self._now(command.visit if command else None),
            reason=reason,
            command=command.command if command else None,
            key=command.key if command else None,
            nonce=command.nonce if command else None,
            untold=untold,
        )
        self._sink.publish(told)

    def identity(
        self, boot: str, up: Seconds, people: int, policy: str | None, *, lockdown: bool
    ) -> None:
        """Tell what this door is."""
        identity = DoorIdentified(
            **self._now(),
            version=__version__,
            boot=boot,
            up_s=round(up),
            people=people,
            policy=policy,
            lockdown=lockdown,
        )
        self._sink.publish(identity)

    def change(self, change: DoorChange) -> None:
        """Tell that the relay was energized or released."""
        if change.open_for is None:
            self._opening = change.visit or uuid.uuid4().hex[:12]
        stamp = self._stamp(change.at, self._opening)
        if change.open_for is None:
            self._sink.publish(DoorOpened(**stamp, visit=change.visit, cause=change.cause))
        else:
            open_ms = round(1000 * change.open_for)
            closed = DoorClosed(**stamp, visit=change.visit, open_ms=open_ms, cause=change.cause)
            self._sink.publish(closed)

    def news(self, news: DoorNews) -> None:
        """Tell that the door's state changed, and which alerts began or ended."""
        state, was = news.now.state, news.was.state
        # That the relay alone moved is told by `change`.
        if state is not was and {state, was} != {State.LOCKED, State.UNLOCKING}:
            changed = DoorStateChanged(**self._stamp(news.at), state=state, was=was)
            self._sink.publish(changed)
        for one in news.alerts:
            alert = DoorAlert(
                **self._stamp(news.at),
                alert=one.alert,
                active=one.active,
                state=state,
                line=one.line,
            )
            self._sink.publish(alert)

    def _now(self, trace: str | None = None) -> Stamp:
        return self._stamp(self._clock(), trace)

    def _stamp(
        self, instant: Instant, trace: str | None = None, lifetime: Seconds | None = None
    ) -> Stamp:
        return envelope(
            self._door,
            self._lifetime if lifetime is None else lifetime,
            age=self._age(instant),
            site=self._site,
            trace=trace,
        )

    def _age(self, instant: Instant) -> Seconds:
        return Seconds(max(0.0, self._clock() - instant))


def _reason(
    reason: Reason,
) -> Literal[Reason.STRANGER, Reason.AMBIGUOUS, Reason.EXPIRED]:
    match reason:
        case Reason.AMBIGUOUS | Reason.EXPIRED:
            return reason
        case _:
            return Reason.STRANGER
