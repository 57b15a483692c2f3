"""Guides somebody before a camera through the poses. Pure: time is an argument, frames are told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from faceidd.enroll.acquaintance import Acquaintance
from faceidd.enroll.faults import Fault
from faceidd.enroll.pose import Pose
from faceidd.enroll.shot import score
from faceidd.face.embedding import Embedding
from faceidd.face.quality import Measures, Quality
from faceidd.units import Instant, Seconds

HOLD = 3
"""Frames that a pose is held for; of these the best is taken."""

_ADVICE = {
    Fault.NO_FACE: "no face is seen: come before the camera",
    Fault.MANY_FACES: "several faces are seen: one person at a time",
    Fault.TOO_SMALL: "come nearer",
    Fault.AT_EDGE: "move to the middle of the picture",
    Fault.TURNED_AWAY: "turned too far: turn back a little",
    Fault.TOO_DARK: "too dark: bring light onto the face",
    Fault.TOO_BRIGHT: "too bright: less light onto the face",
    Fault.BLURRED: "blurred: hold still",
    Fault.COVERED: "the face is covered: show all of it",
}


@dataclass(frozen=True, slots=True, eq=False)
class SeenPose:
    """The dominant face of a frame.

    Attributes:
        sequence: The frame's number.
        quality: How good its picture is.
        embedding: What the model says of it.
    """

    sequence: int
    quality: Quality
    embedding: Embedding


@dataclass(frozen=True, slots=True)
class Advice:
    """What to tell after a frame.

    Attributes:
        pose: The pose that is asked for; None when all are done.
        words: What the person is to do, or is doing right.
        held: Whether the face is in the pose.
        taken: The pose that was taken with this frame, if one was.
        sequence: The number of its frame, which is one of the last `HOLD`.
        missed: The pose whose time ran out with this frame, if one's did.
    """

    pose: Pose | None
    words: str
    held: bool = False
    taken: Pose | None = None
    sequence: int | None = None
    missed: Pose | None = None


@dataclass(slots=True, eq=False)
class Guide:
    """Asks for one pose after the other and takes each when it is held.

    Attributes:
        same: Least cosine at which a face is that of the person who began.
        limit: Longest wait for a pose.
        poses: What is asked for, in this order.
        taken: The poses that were taken.
    """

    same: float
    limit: Seconds
    poses: Sequence[Pose] = tuple(Pose)
    taken: list[Pose] = field(default_factory=list)
    _at: int = 0
    _since: Instant | None = None
    _held: list[SeenPose] = field(default_factory=list)
    _front: Measures | None = None
    _person: Acquaintance | None = None

    @property
    def pose(self) -> Pose | None:
        """The pose that is asked for; None when all are done."""
        return self.poses[self._at] if self._at < len(self.poses) else None

    @property
    def missed(self) -> list[Pose]:
        """The poses that were not taken."""
        return [pose for pose in self.poses if pose not in self.taken]

    def look(self, seen: SeenPose | Fault, now: Instant) -> Advice:
        """Hear of a frame.

        Args:
            seen: Its dominant face, or why there is none that can be used.
            now: When the frame was taken.
        """
        pose = self.pose
        if pose is None:
            return Advice(None, "all is done")
        self._since = now if self._since is None else self._since
        advice = self._judge(pose, seen)
        if advice.taken is not None:
            self.taken.append(pose)
        elif now - self._since > self.limit:
            advice = Advice(pose, f"not seen within {self.limit:g} s", missed=pose)
        else:
            return advice
        self._at += 1
        self._since, self._held = now, []
        return advice

    def _judge(self, pose: Pose, seen: SeenPose | Fault) -> Advice:
        if isinstance(seen, Fault):
            self._held = []
            return Advice(pose, _ADVICE.get(seen, seen.words))
        if not self._is_same(seen.embedding):
            self._held = []
            return Advice(pose, "somebody else is seen: one person at a time")
        if not pose.is_held(seen.quality.measures, self._front):
            self._held = []
            return Advice(pose, pose.words)
        self._held.append(seen)
        if len(self._held) < HOLD:
            return Advice(pose, "hold still", held=True)
        best = max(self._held, key=lambda one: score(one.quality))
        if pose is Pose.FRONT:
            self._front = best.quality.measures
        return Advice(pose, "taken", held=True, taken=pose, sequence=best.sequence)

    def _is_same(self, face: Embedding) -> bool:
        """Whether it is the person who is enrolled; that is whoever is there at the first photo."""
        if self._person is not None and self._person.likeness(face) >= self.same:
            self._person.add(face)
            return True
        if self.taken:
            return False
        self._person, self._held = Acquaintance(face), []
        return True
