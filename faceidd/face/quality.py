"""Quality: how good the picture of a face is, and the one reason why it cannot be judged.

ISO/IEC 29794-5 names what spoils a face picture; here are those of its measures that a door meets.
What is measured and where the limits lie is `quality_gate`'s.
"""

from dataclasses import dataclass
from enum import StrEnum


class Rejection(StrEnum):
    """Why a face's picture cannot be used, in the order in which it is asked."""

    TOO_SMALL = "too_small"
    AT_EDGE = "at_edge"
    TURNED_AWAY = "turned_away"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured on one face's picture.

    Attributes:
        eyes_px: Distance between the eyes, in frame pixels.
        inside: Share of the face's box that lies inside of the frame, 0..1.
        yaw: Nose tip beside the middle of the eyes, in units of the mean of the eyes' and the
            mouth corners' distance: 0 looks into the camera, positive to the subject's left.
        pitch: Height of the nose tip between eyes (0) and mouth (1).
        roll_deg: Slope of the line through the eyes, in degrees, positive clockwise.
        brightness: Mean gray of the face's core, 0..255.
        dark: Share of the core's pixels that are nearly black.
        bright: Share that are nearly white.
        blur: Share of the core's detail that a second blur leaves as it is, 0 (sharp) to 1.
        mouth_edges: Edges around the mouth in units of the edges around the eyes.
        spread: The landmarks' uncertainty, as `Face.spread`.
    """

    eyes_px: float
    inside: float
    yaw: float
    pitch: float
    roll_deg: float
    brightness: float
    dark: float
    bright: float
    blur: float
    mouth_edges: float
    spread: float


@dataclass(frozen=True, slots=True)
class Quality:
    """The verdict on one face's picture.

    Attributes:
        rejection: Why it cannot be used; None if it can.
        weight: How much its embedding counts beside those of other frames, above 0, at most 1.
        measures: What the verdict rests on.
    """

    rejection: Rejection | None
    weight: float
    measures: Measures
