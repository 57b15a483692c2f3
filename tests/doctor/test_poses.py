"""From which sides faces were seen."""

from dataclasses import replace

from support.sights import MEASURES

from faceidd.doctor.poses import missing_poses
from faceidd.enroll.pose import MEAN_PITCH, Pose


def test_poses_that_no_photo_shows_are_missing() -> None:
    front, left, right = (replace(MEASURES, yaw=yaw, pitch=MEAN_PITCH) for yaw in (0, 0.2, -0.2))
    assert missing_poses([front, front, left]) == (Pose.RIGHT,)
    assert missing_poses([left] * 3) == (Pose.FRONT, Pose.RIGHT)
    assert missing_poses([front, left, right]) == ()
    assert missing_poses([front, front]) == ()  # more photos come first


def test_a_head_that_the_camera_would_not_take_for_turned_is_not() -> None:
    front, hardly = (replace(MEASURES, yaw=yaw, pitch=MEAN_PITCH) for yaw in (0, 0.11))
    assert missing_poses([front, front, hardly]) == (Pose.LEFT, Pose.RIGHT)
