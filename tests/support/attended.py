"""A door whose visitors are attended, frame by frame."""

from datetime import UTC, datetime
from itertools import count

from support.sights import found

from faceidd.access.attendance import Attendance, Outcome
from faceidd.access.decision import Rules
from faceidd.access.presence import Continuity
from faceidd.face.detection import Box
from faceidd.face.embedding import Embedding
from faceidd.face.recognizer import FoundFace, SeenFace, Sight
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.scale import Scale
from faceidd.units import Instant, Seconds

MIDDLE = Box(250, 110, 150, 150)
Face = tuple[Embedding, Box]


class AttendedDoor:
    """Shows frames to an attendance, ten a second unless told otherwise."""

    def __init__(self, known: Gallery, min_frames: int = 3, stranger_frames: int = 5) -> None:
        keys = count(1)
        rules = Rules(Scale(), 0.8, 0.05, min_frames, stranger_frames, Seconds(1.5))
        continuity = Continuity(0.7, 0.75)
        self.attendance = Attendance(rules, continuity, Seconds(2.0), lambda: f"visit {next(keys)}")
        self.known = known
        self.now = 100.0
        self.date = datetime(2026, 3, 1, tzinfo=UTC)

    def show(
        self, *faces: Face, after: float = 0.1, rejected: tuple[FoundFace, ...] = ()
    ) -> tuple[Outcome, ...]:
        self.now += after
        places = [found(box) for _, box in faces]
        seen = tuple(
            SeenFace(place.face, place.quality, face)
            for place, (face, _) in zip(places, faces, strict=True)
        )
        sight = Sight(seen, rejected)
        matcher = Matcher(self.known, Scale())
        return self.attendance.update(sight, Instant(self.now), matcher, self.date)

    def visit(self, *faces: Embedding, box: Box = MIDDLE, after: float = 0.1) -> list[Outcome]:
        return [outcome for face in faces for outcome in self.show((face, box), after=after)]
