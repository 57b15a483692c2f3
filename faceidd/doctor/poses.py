"""Poses: from which sides the door knows a face. Pure.

Of the poses that a camera asks for, front, left and right. Up and down are told from the person's
own front, for the pitch of people who look into the camera differs more than a nod changes it; few
photos that people bring are nodded, and that they lack is not worth a sentence of each person.
"""

from collections.abc import Iterable

from faceidd.enroll.pose import Pose
from faceidd.face.quality import Measures

SIDES = (Pose.FRONT, Pose.LEFT, Pose.RIGHT)
LEAST_PHOTOS = 3
"""With fewer photos more of them come first, whatever the pose."""


def missing_poses(faces: Iterable[Measures]) -> tuple[Pose, ...]:
    """Those of `SIDES` that none of a person's photos shows; none where there are too few photos.

    Args:
        faces: What was measured on each photo of the person.
    """
    seen = tuple(faces)
    if len(seen) < LEAST_PHOTOS:
        return ()
    return tuple(pose for pose in SIDES if not any(pose.is_held(one, None) for one in seen))
