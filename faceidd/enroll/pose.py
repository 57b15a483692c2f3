"""The poses a camera asks for, and whether a face is in one.

Limits were measured on webcam photos of 28 people. Looking into the camera, yaw scatters by 0.06
about 0 and pitch by 0.05 about each person's own, which lies at 0.44 to 0.59, and higher where
somebody smiles. Turned heads begin beyond; up and down are told from the person's own front.
"""

from enum import StrEnum

from faceidd.face.quality import Measures

FRONT_YAW = 0.12
FRONT_PITCH = (0.36, 0.72)
MEAN_PITCH = 0.51
TURNED, NODDED = 0.12, 0.08
"""Yaw and pitch from the front's at which a head is turned or nodded enough."""
STRAIGHT = 0.2
"""Yaw from the front's up to which a head is nodded and not turned."""


class Pose(StrEnum):
    """Where the subject looks, in the subject's own view."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"

    @property
    def words(self) -> str:
        """What the subject is to do."""
        return _WORDS[self]

    def is_held(self, seen: Measures, front: Measures | None) -> bool:
        """Whether a face is in this pose.

        Args:
            seen: What was measured on it.
            front: The same of the person's front; None where it is not known.
        """
        lowest, highest = FRONT_PITCH
        yaw, pitch = (0.0, MEAN_PITCH) if front is None else (front.yaw, front.pitch)
        turned, nodded = seen.yaw - yaw, seen.pitch - pitch
        return {
            Pose.FRONT: abs(seen.yaw) <= FRONT_YAW and lowest <= seen.pitch <= highest,
            Pose.LEFT: turned >= TURNED,
            Pose.RIGHT: turned <= -TURNED,
            Pose.UP: nodded <= -NODDED and abs(turned) <= STRAIGHT,
            Pose.DOWN: nodded >= NODDED and abs(turned) <= STRAIGHT,
        }[self]


_WORDS = {
    Pose.FRONT: "look straight into the camera",
    Pose.LEFT: "turn your head a little to your left",
    Pose.RIGHT: "turn your head a little to your right",
    Pose.UP: "raise your chin a little",
    Pose.DOWN: "lower your chin a little",
}
