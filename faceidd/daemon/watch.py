"""Watch: one frame after the other, from light to lock. The order of a visit is read here.

Whatever goes wrong on the way to a decision is a denial: the frame grants nothing, the fault is
logged and counted, and the next frame is looked at. The release of the relay does not pass
through here; the door keeps its own deadline.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from faceidd.access.attendance import MOST_VISITORS, Attendance, Outcome
from faceidd.camera.frame import Frame
from faceidd.clock import monotonic
from faceidd.door.door import Door
from faceidd.door.pulse import Answer
from faceidd.errors import DoorError, FaceiddError
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.gallery import Gallery
from faceidd.units import Seconds

MOST_FAULTS = 100
"""Frames that may fail one after the other before the daemon gives up and is restarted."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame came to.

    Attributes:
        frame: The frame.
        outcomes: One for each face, widest first; empty if nobody was there or it failed.
        fault: What went wrong, if anything did.
        took: From the frame's arrival here to the last consequence.
    """

    frame: Frame
    outcomes: tuple[Outcome, ...]
    fault: str | None
    took: Seconds


class Watch:
    """Looks at frames and acts on what they mean.

    Args:
        recognizer: Finds and embeds faces.
        gallery: Who is known.
        attendance: Keeps visitors apart and decides.
        door: What a grant opens.
        tell: What is told of an outcome that is news.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        gallery: Gallery,
        attendance: Attendance,
        door: Door,
        tell: Callable[[Outcome], None],
    ) -> None:
        self._recognizer = recognizer
        self._gallery = gallery
        self._attendance = attendance
        self._door = door
        self._tell = tell
        self._faults = 0
        # Visit -> person: grants that have not opened the door yet, because it was open for
        # somebody else or the frame was too old. The visitor's next frames try again.
        self._owed: dict[str, str] = {}
        self._opened_for = ""

    def look(self, frame: Frame) -> Look:
        """Look at one frame; open the door if it completes a grant.

        Raises:
            FaceiddError: `MOST_FAULTS` frames have failed one after the other.
        """
        began = monotonic()
        outcomes: tuple[Outcome, ...] = ()
        fault = None
        try:
            outcomes = self._decide(frame)
        except Exception as error:
            fault = self._denied(frame, error)
        else:
            self._faults = 0
        for outcome in outcomes:
            self._act(outcome)
        return Look(frame, outcomes, fault, Seconds(monotonic() - began))

    def _decide(self, frame: Frame) -> tuple[Outcome, ...]:
        faces = self._recognizer.see(frame.image)
        return self._attendance.update(faces, frame.captured_at, self._gallery)

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
            self._told(outcome)
        person = outcome.decision.person
        if person is None:
            return
        if outcome.news:
            self._owed[outcome.visit] = person.id
            self._owed = dict(list(self._owed.items())[-MOST_VISITORS:])
        if self._owed.get(outcome.visit) == person.id:
            self._open(outcome, person.id)

    def _told(self, outcome: Outcome) -> None:
        try:
            self._tell(outcome)
        except Exception:  # whoever listens, the door goes on
            _log.exception("visit %s could not be told", outcome.visit)

    def _open(self, outcome: Outcome, person: str) -> None:
        try:
            answer = self._door.grant(outcome)
        except DoorError:
            _log.exception("visit %s is granted, but the door stays shut", outcome.visit)
            return
        if answer is Answer.OPENED:
            self._opened_for = person
        elif answer is not Answer.ALREADY_OPEN or self._opened_for != person:
            return
        # One opening serves all visits of one person: a face found twice is let in once.
        self._owed = {visit: owed for visit, owed in self._owed.items() if owed != person}
