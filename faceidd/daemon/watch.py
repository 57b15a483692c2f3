"""Watch: one frame after the other, from light to lock. The order of a visit is read here.

Whatever goes wrong on the way to a decision is a denial: the frame grants nothing, the fault is
logged and counted, and the next frame is looked at. The release of the relay does not pass
through here; the door keeps its own deadline.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from faceidd.access.attendance import MOST_VISITORS, Attendance, Outcome
from faceidd.access.decision import Rules
from faceidd.access.rejections import RejectionNews, Rejections
from faceidd.camera.frame import Frame
from faceidd.clock import monotonic
from faceidd.daemon.gate import Gate
from faceidd.door.pulse import Answer
from faceidd.errors import FaceiddError
from faceidd.face.recognizer import FoundFace, Recognizer, Sight
from faceidd.face.stages import Stopwatch
from faceidd.gallery.matcher import Matcher
from faceidd.units import Seconds

MOST_FAULTS = 100
"""Frames that may fail one after the other before the daemon gives up and is restarted."""

News = TypeVar("News", Outcome, RejectionNews)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame came to.

    Attributes:
        frame: The frame.
        outcomes: One for each face that could be judged, widest first; empty if nobody was there
            or it failed.
        rejected: Faces that could not be judged.
        fault: What went wrong, if anything did.
        took: From the frame's arrival here to the last consequence.
    """

    frame: Frame
    outcomes: tuple[Outcome, ...]
    rejected: tuple[FoundFace, ...]
    fault: str | None
    took: Seconds

    @property
    def found_somebody(self) -> bool:
        """Whether anybody is there, or may be: after a fault nobody knows."""
        return bool(self.outcomes or self.rejected or self.fault)


class Teller(Protocol):
    """Who is told what is news."""

    def outcome(self, outcome: Outcome) -> None:
        """A visitor was recognized, or is a stranger."""

    def rejection(self, news: RejectionNews) -> None:
        """Faces have been rejected for a while."""


class Watch:
    """Looks at frames and acts on what they mean.

    Args:
        recognizer: Finds and embeds faces.
        matcher: Finds who is known.
        attendance: Keeps visitors apart and decides.
        rejections: Counts faces that cannot be judged.
        gate: What a grant opens, if the policy lets it.
        teller: Who is told what is news.
        wall_clock: The wall clock, which people expire by; None where it cannot be right, and
            whoever has a first or a last day is denied.
    """

    def __init__(
        self,
        *,
        recognizer: Recognizer,
        matcher: Matcher,
        attendance: Attendance,
        rejections: Rejections,
        gate: Gate,
        teller: Teller,
        wall_clock: Callable[[], datetime | None],
    ) -> None:
        self._recognizer = recognizer
        self._matcher = matcher
        self._attendance = attendance
        self._rejections = rejections
        self._gate = gate
        self._teller = teller
        self._wall_clock = wall_clock
        self._faults = 0
        # Visit -> person: grants that have not opened the door yet, because it was open for
        # somebody else, the frame was too old, or the policy awaits something. The visitor's next
        # frames try again.
        self._owed: dict[str, str] = {}
        self._opened_for = ""

    def renew(self, matcher: Matcher, rules: Rules) -> None:
        """Go on with another gallery, and with the threshold that belongs to it.

        Visitors stay who they are until their next frames.
        """
        self._matcher = matcher
        self._attendance.renew(rules)
        self._rejections.news_frames = rules.stranger_frames

    def look(self, frame: Frame) -> Look:
        """Look at one frame; open the door if it completes a grant.

        Raises:
            FaceiddError: `MOST_FAULTS` frames have failed one after the other.
        """
        began = monotonic()
        outcomes: tuple[Outcome, ...] = ()
        sight = Sight((), ())
        fault = None
        try:
            sight = self._recognizer.see(frame.image)
            stopwatch = Stopwatch(self._recognizer.on_stage)
            seen = self._attendance.update(
                sight, frame.captured_at, self._matcher, self._wall_clock()
            )
            outcomes = tuple(self._gate.recognize(outcome) for outcome in seen)
            stopwatch.lap("decide")
        except Exception as error:
            fault = self._denied(frame, error)
        else:
            self._faults = 0
        for outcome in outcomes:
            self._act(outcome)
        self._note_rejected(frame, sight)
        return Look(frame, outcomes, sight.rejected, fault, Seconds(monotonic() - began))

    def _note_rejected(self, frame: Frame, sight: Sight) -> None:
        reasons = [one.quality.rejection for one in sight.rejected]
        known = [reason for reason in reasons if reason is not None]
        for news in self._rejections.update(known, frame.captured_at):
            self._tell(self._teller.rejection, news)

    def _denied(self, frame: Frame, error: Exception) -> str:
        """Note that a frame failed; give up when nothing else happens any more."""
        self._faults += 1
        first = self._faults == 1  # those that follow are mostly the same
        _log.error(
            "frame %d is denied: %s", frame.sequence, error, exc_info=error if first else None
        )
        if self._faults >= MOST_FAULTS:
            raise FaceiddError(
                f"{self._faults} frames failed one after the other, the last with: {error}",
                do="see the log for the first of them; the service restarts by itself",
            ) from error
        return str(error)

    def _act(self, outcome: Outcome) -> None:
        if outcome.news:
            self._tell(self._teller.outcome, outcome)
        person = outcome.decision.person
        if person is None:
            return
        if outcome.news:
            self._owed[outcome.visit] = person.id
            self._owed = dict(list(self._owed.items())[-MOST_VISITORS:])
        if self._owed.get(outcome.visit) == person.id:
            self._open(outcome, person.id)

    def _tell(self, tell: Callable[[News], None], news: News) -> None:
        try:
            tell(news)
        except Exception:  # whoever listens, the door goes on
            _log.exception("it could not be told: %s", type(news).__name__)

    def _open(self, outcome: Outcome, person: str) -> None:
        try:
            answer = self._gate.admit(outcome)
        except Exception:  # whatever it is, the next frame asks again
            _log.exception("visit %s is granted, but the door stays shut", outcome.visit)
            return
        if answer is Answer.OPENED:
            self._opened_for = person
        elif answer is not Answer.ALREADY_OPEN or self._opened_for != person:
            return
        # One opening serves all visits of one person: a face found twice is let in once.
        self._owed = {visit: owed for visit, owed in self._owed.items() if owed != person}
