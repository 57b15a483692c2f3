"""Poses: from which sides the door knows a face. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from faceidd.face.quality import Measures

TURNED = 0.1
"""Yaw from which a face is turned, and seen from a side: of photos taken before a webcam, of people
who look into it, nineteen in twenty stay below (docs/gallery.md)."""
LEAST_PHOTOS = 3
"""With fewer photos more of them come first, whatever the pose."""


class Pose(StrEnum):
    """How a face is turned; left and right are the person's own."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"


def pose_of(measures: Measures) -> Pose:
    """How a face is turned."""
    if abs(measures.yaw) < TURNED:
        return Pose.FRONT
    return Pose.LEFT if measures.yaw > 0 else Pose.RIGHT


def missing_poses(faces: Iterable[Measures]) -> tuple[Pose, ...]:
    """The poses that none of a person's photos shows; none where there are too few photos."""
    poses = [pose_of(one) for one in faces]
    return tuple(pose for pose in Pose if pose not in poses) if len(poses) >= LEAST_PHOTOS else ()
