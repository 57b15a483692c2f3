"""From which sides faces were seen."""

from dataclasses import replace

import pytest

from faceidd.doctor.poses import Pose, missing_poses, pose_of
from faceidd.face.quality_gate import NOTHING


@pytest.mark.parametrize(
    ("yaw", "pose"),
    [(0, Pose.FRONT), (-0.09, Pose.FRONT), (0.1, Pose.LEFT), (-0.1, Pose.RIGHT), (0.3, Pose.LEFT)],
)
def test_a_face_is_turned_to_its_own_left_or_right(yaw: float, pose: Pose) -> None:
    assert pose_of(replace(NOTHING, yaw=yaw)) is pose


def test_poses_that_no_photo_shows_are_missing() -> None:
    front, left, right = (replace(NOTHING, yaw=yaw) for yaw in (0, 0.2, -0.2))
    assert missing_poses([front, front, left]) == (Pose.RIGHT,)
    assert missing_poses([left] * 3) == (Pose.FRONT, Pose.RIGHT)
    assert missing_poses([front, left, right]) == ()
    assert missing_poses([front, front]) == ()  # more photos come first
