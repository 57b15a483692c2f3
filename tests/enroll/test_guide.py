"""Guiding somebody through the poses: what is asked for, taken, and told."""

from dataclasses import replace

import pytest
from support.people import embedding
from support.sights import MEASURES

from faceidd.enroll.faults import Fault
from faceidd.enroll.guide import HOLD, Advice, Guide, SeenPose
from faceidd.enroll.pose import Pose
from faceidd.face.embedding import Embedding
from faceidd.face.quality import Quality
from faceidd.units import Instant, Seconds

PERSON, OTHER = embedding(1, 0, 0), embedding(0, 1, 0)
FRONT, LEFT, RIGHT, UP, DOWN = (0.0, 0.5), (0.25, 0.5), (-0.25, 0.5), (0.0, 0.4), (0.0, 0.6)


class Session:
    """A guide, and time that passes by the frame."""

    def __init__(self, limit: float = 100) -> None:
        self.guide = Guide(0.7, Seconds(limit))
        self.frames = 0

    def show(self, pose: tuple[float, float], blur: float = 0.4, who: Embedding = PERSON) -> Advice:
        yaw, pitch = pose
        measures = replace(MEASURES, yaw=yaw, pitch=pitch, blur=blur)
        return self.tell(SeenPose(self.frames, Quality(None, 1.0, measures), who))

    def hold(self, pose: tuple[float, float]) -> Advice:
        return [self.show(pose) for _ in range(HOLD)][-1]

    def tell(self, seen: SeenPose | Fault) -> Advice:
        advice = self.guide.look(seen, Instant(float(self.frames)))
        self.frames += 1
        return advice


def test_all_poses_are_taken_in_their_order() -> None:
    session = Session()
    taken = [session.hold(pose).taken for pose in (FRONT, LEFT, RIGHT, UP, DOWN)]
    assert taken == session.guide.taken == list(Pose)
    assert session.guide.pose is None
    assert session.guide.missed == []
    assert session.show(FRONT).pose is None


def test_of_the_frames_a_pose_is_held_for_the_best_is_taken() -> None:
    session = Session()
    advice = [session.show(FRONT, blur) for blur in (0.5, 0.3, 0.4)]
    assert [one.held for one in advice] == [True] * 3
    assert [one.sequence for one in advice] == [None, None, 1]


@pytest.mark.parametrize("pose", [LEFT, RIGHT, (0.0, 0.3), (0.0, 0.75)])
def test_the_front_looks_into_the_camera(pose: tuple[float, float]) -> None:
    session = Session()
    assert session.hold(pose).words == "look straight into the camera"
    assert session.guide.taken == []


def test_turns_are_told_from_the_persons_own_front() -> None:
    session = Session()
    session.hold((0.1, 0.6))
    assert session.hold((0.2, 0.6)).taken is None
    assert session.hold((0.23, 0.6)).taken is Pose.LEFT
    assert session.hold((-0.03, 0.6)).taken is Pose.RIGHT
    assert session.hold((0.1, 0.53)).taken is None
    assert session.hold((0.31, 0.5)).taken is None, "turned, not raised"
    assert session.hold((0.1, 0.51)).taken is Pose.UP
    assert session.hold((0.1, 0.69)).taken is Pose.DOWN


def test_a_pose_that_is_not_held_is_not_taken() -> None:
    session = Session()
    for _ in range(HOLD):
        assert session.show(FRONT).taken is None
        assert session.show(LEFT).taken is None
        assert session.tell(Fault.BLURRED).words == "blurred: hold still"


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_words(fault: Fault) -> None:
    advice = Session().tell(fault)
    assert advice.words
    assert not advice.held


def test_somebody_else_is_not_taken() -> None:
    session = Session()
    session.hold(FRONT)
    assert "somebody else" in [session.show(LEFT, who=OTHER) for _ in range(HOLD)][-1].words
    assert session.guide.taken == [Pose.FRONT]
    assert session.hold(LEFT).taken is Pose.LEFT


def test_who_stands_there_at_the_first_photo_is_who_is_enrolled() -> None:
    session = Session()
    session.show(FRONT, who=OTHER)
    assert session.show(FRONT).words == "hold still"
    session.hold(FRONT)
    assert "somebody else" in session.show(LEFT, who=OTHER).words


def test_a_pose_that_does_not_come_is_left_out() -> None:
    session = Session(limit=5)
    advice = [session.tell(Fault.NO_FACE) for _ in range(7)]
    assert [one.missed for one in advice] == [None] * 6 + [Pose.FRONT]
    assert advice[-1].words == "not seen within 5 s"
    assert session.guide.pose is Pose.LEFT
    assert session.guide.missed == list(Pose)


def test_without_a_front_turns_are_told_from_the_camera() -> None:
    session = Session(limit=7)
    while session.guide.pose is Pose.FRONT:
        session.tell(Fault.NO_FACE)
    assert session.hold(FRONT).taken is None
    assert session.hold(LEFT).taken is Pose.LEFT


def test_a_photo_is_not_chosen_among_frames_of_two_people() -> None:
    session = Session()
    assert session.show(FRONT, blur=0.1, who=OTHER).taken is None
    assert session.hold(FRONT).sequence in {1, 2, 3}
