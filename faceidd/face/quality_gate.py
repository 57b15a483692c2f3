"""The quality gate: measures a face's picture and refuses what would make a model guess.

All but size and edge is measured on the face warped to one fixed size and place, so that limits
mean the same near and far. The limits were measured on real faces; docs/accuracy.md tells how.
"""

import math
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image
from faceidd.face.alignment import warp
from faceidd.face.detection import Box
from faceidd.face.quality import Measures, Quality, Rejection
from faceidd.face.refinement import Face
from faceidd.models.manifest import FivePointWarp

SIDE_PX = 112
POINTS = FivePointWarp(
    points=(
        (0.3419, 0.4616),
        (0.6565, 0.4598),
        (0.5002, 0.6405),
        (0.3710, 0.8247),
        (0.6315, 0.8232),
    )
)
"""Mean places of the landmarks in a frontal face (Deng et al., "ArcFace", 2019)."""
CORE = (slice(30, 104), slice(24, 88))
"""Rows and columns of the warped face that hold skin, eyes and mouth of every face."""
EYES, MOUTH = (slice(44, 60), slice(24, 88)), (slice(86, 100), slice(44, 68))
NEARLY_BLACK, NEARLY_WHITE = 40, 245

Gray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture must keep; see `Measures` for the units."""

    min_eyes_px: float = 24
    min_inside: float = 0.8
    max_yaw: float = 0.35
    min_pitch: float = 0.2
    max_pitch: float = 0.9
    max_roll_deg: float = 40
    min_brightness: float = 40
    max_dark: float = 0.6
    max_brightness: float = 235
    max_bright: float = 0.6
    max_blur: float = 0.62
    """Of 1,800 faces of all sets none reaches 0.60. A Gaussian blur of a tenth of the eyes'
    distance gives 0.62 to 0.82; there FaceNet sees strangers as alike as it sees one person."""
    min_mouth_edges: float = 0.16
    """Least of `mouth_edges - SPREAD_WEIGHT * spread`."""


SPREAD_WEIGHT = 5.0
BLUR_PX = 9
"""Length of the second blur (paper, section 2)."""
LEAST_WEIGHT = 0.05
NOTHING = Measures(*(0.0 for _ in fields(Measures)))


class QualityGate:
    """Judges the pictures of faces.

    Args:
        limits: What they must keep.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def judge(self, image: Image, face: Face) -> Quality:
        """Measure one face's picture and give the first reason against it, if there is one.

        Args:
            image: uint8 (H, W, 3) BGR.
            face: A face in it.
        """
        measures = measure(image, face)
        return Quality(judged(measures, self.limits), weight(measures), measures)


def measure(image: Image, face: Face) -> Measures:
    """Measure one face's picture.

    Args:
        image: uint8 (H, W, 3) BGR.
        face: A face in it. One whose eyes lie within a pixel has no size, and nothing else of it
            is measured.
    """
    points = np.array(face.landmarks, np.float64)
    eye_r, eye_l, nose, mouth_r, mouth_l = points
    along = eye_l - eye_r
    eyes_px = float(np.linalg.norm(along))
    if not eyes_px >= 1:
        return NOTHING
    across = along / eyes_px
    down = np.array([-across[1], across[0]])
    middle, mouth = (eye_r + eye_l) / 2, (mouth_r + mouth_l) / 2
    wide = (eyes_px + float(np.linalg.norm(mouth_l - mouth_r))) / 2
    high = float((mouth - middle) @ down)
    warped = warp(image, face, POINTS, SIDE_PX)
    gray = cv2.cvtColor(warped, cv2.COLOR_BGR2GRAY).astype(np.float32)
    core = gray[CORE]
    return Measures(
        eyes_px=eyes_px,
        inside=_inside(face.box, image),
        yaw=float((nose - middle) @ across) / wide,
        pitch=float((nose - middle) @ down) / high if high > 0 else math.inf,
        roll_deg=math.degrees(math.atan2(along[1], along[0])),
        brightness=float(core.mean()),
        dark=float((core < NEARLY_BLACK).mean()),
        bright=float((core > NEARLY_WHITE).mean()),
        blur=_blur(core),
        mouth_edges=_mouth_edges(gray),
        spread=face.spread,
    )


def judged(found: Measures, limits: Limits) -> Rejection | None:
    """The first reason against a picture; what is not a number keeps no limit."""
    faces_camera = (
        abs(found.yaw) <= limits.max_yaw
        and limits.min_pitch <= found.pitch <= limits.max_pitch
        and abs(found.roll_deg) <= limits.max_roll_deg
    )
    light = found.brightness >= limits.min_brightness and found.dark <= limits.max_dark
    shade = found.brightness <= limits.max_brightness and found.bright <= limits.max_bright
    bare = found.mouth_edges - SPREAD_WEIGHT * found.spread >= limits.min_mouth_edges
    kept = {
        Rejection.TOO_SMALL: found.eyes_px >= limits.min_eyes_px,
        Rejection.AT_EDGE: found.inside >= limits.min_inside,
        Rejection.TURNED_AWAY: faces_camera,
        Rejection.TOO_DARK: light,
        Rejection.TOO_BRIGHT: shade,
        Rejection.BLURRED: found.blur <= limits.max_blur,
        Rejection.COVERED: bare,
    }
    return next((reason for reason, holds in kept.items() if not holds), None)


def weight(found: Measures) -> float:
    """How much a face counts where several are fused, `LEAST_WEIGHT` to 1: its sharpness.

    Of what is measured only the blur is worth it (docs/accuracy.md): a blurred frame among sharp
    ones counts less, which lets more of the right people in. Weights by size, pose or the
    landmarks' spread refuse more of them on some sets than they gain on others.
    """
    return max(LEAST_WEIGHT, 1 - found.blur)


def _inside(box: Box, image: Image) -> float:
    height, width = image.shape[:2]
    wide = min(box.x + box.width, width) - max(box.x, 0)
    high = min(box.y + box.height, height) - max(box.y, 0)
    return float(max(wide, 0) * max(high, 0) / (box.width * box.height))


def _blur(core: Gray) -> float:
    """Crete et al., "The blur effect: perception and estimation", 2007: of both axes, the worse."""
    shares = []
    for axis, kernel in enumerate(((1, BLUR_PX), (BLUR_PX, 1))):
        detail = np.abs(np.diff(core, axis=axis))
        left = np.abs(np.diff(cv2.blur(core, kernel), axis=axis))
        shares.append(1 - np.maximum(detail - left, 0).sum() / (detail.sum() + 1))
    return float(max(shares))


def _mouth_edges(gray: Gray) -> float:
    edges = np.abs(cv2.Sobel(gray, cv2.CV_32F, 0, 1))
    return float(edges[MOUTH].mean() / (edges[EYES].mean() + 1))
