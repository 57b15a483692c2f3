"""Outcomes and changes of the door -> events."""

from faceidd.access.attendance import Outcome
from faceidd.access.decision import Reason, Verdict
from faceidd.access.rejections import RejectionNews
from faceidd.clock import Clock, monotonic
from faceidd.door.change import DoorChange, DoorNews
from faceidd.door.state import State
from faceidd.events.event import (
    DoorAlert,
    DoorClosed,
    DoorOpened,
    DoorStateChanged,
    FaceRejected,
    PersonRecognized,
    Stamp,
    StrangerSeen,
    envelope,
)
from faceidd.events.sink import EventSink
from faceidd.units import Instant, Seconds


class Telling:
    """Says what happened at one door.

    Args:
        sink: Whom it is told to.
        door: The door's id.
        lifetime: How long an event is news.
        clock: The monotonic clock that instants are told in.
    """

    def __init__(
        self, sink: EventSink, door: str, lifetime: Seconds, clock: Clock = monotonic
    ) -> None:
        self._sink = sink
        self._door = door
        self._lifetime = lifetime
        self._clock = clock

    def outcome(self, outcome: Outcome) -> None:
        """Tell who was recognized, or that a stranger was seen."""
        decision, match = outcome.decision, outcome.decision.match
        stamp = self._stamp(decision.newest)
        if decision.verdict is Verdict.DENY:
            stranger = StrangerSeen(
                **stamp,
                visit=outcome.visit,
                reason=Reason.AMBIGUOUS if decision.reason is Reason.AMBIGUOUS else Reason.STRANGER,
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

    def change(self, change: DoorChange) -> None:
        """Tell that the relay was energized or released."""
        stamp = self._stamp(change.at)
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

    def _stamp(self, instant: Instant) -> Stamp:
        return envelope(self._door, self._lifetime, age=self._age(instant))

    def _age(self, instant: Instant) -> Seconds:
        return Seconds(max(0.0, self._clock() - instant))
