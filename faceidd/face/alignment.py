"""Detection -> AlignedFace: cropped or warped exactly as the model pack's manifest says."""

from dataclasses import dataclass

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box, Detection, FaceDetector
from faceidd.face.region import cut
from faceidd.models.manifest import BoxCrop, CropRule, EmbedderManifest, FivePointWarp


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFace:
    """A face as one model wants to see it.

    Attributes:
        image: uint8 (S, S, 3) BGR, S the model's input side.
        detection: Where it was cut from.
    """

    image: Image
    detection: Detection


def crop_rule(manifest: EmbedderManifest, detector: FaceDetector) -> CropRule:
    """Look up how this model crops the boxes of that detector.

    Args:
        manifest: The embedder's manifest.
        detector: The detector that finds the faces.

    Raises:
        ModelError: The pack has no rule for the detector, or one that needs landmarks which
            the detector does not give.
    """
    rule = manifest.crops.get(detector.name)
    known = ", ".join(sorted(manifest.crops))
    if rule is None:
        raise ModelError(
            f"model pack {manifest.name} has no crop rule for detector {detector.name}",
            do=f"set detector.name to one of: {known}",
        )
    if isinstance(rule, FivePointWarp) and not detector.gives_landmarks:
        raise ModelError(
            f"model pack {manifest.name} warps by five landmarks;"
            f" detector {detector.name} gives none",
            do="set detector.name to mtcnn or yunet",
        )
    return rule


def align(image: Image, detection: Detection, rule: CropRule, side: int) -> AlignedFace:
    """Cut a face out of its frame for a model with square input.

    Args:
        image: The frame, uint8 (H, W, 3) BGR.
        detection: A face in that frame.
        rule: The manifest's rule for the detector that found it.
        side: The model's input side, px.

    Raises:
        ValueError: The box lies outside of the frame, or the rule needs landmarks and the
            detection has none.
    """
    if isinstance(rule, BoxCrop):
        crop = cut(image, region(detection.box, rule), (side, side))
    else:
        crop = _warp(image, detection, rule, side)
    return AlignedFace(crop, detection)


def region(box: Box, rule: BoxCrop) -> Box:
    """Rectangle of the frame that a box rule takes for a detector's box."""
    x, y = box.center
    y += rule.shift_y * box.height
    width, height = box.width * rule.scale * rule.aspect, box.height * rule.scale
    return Box(x - width / 2, y - height / 2, width, height)


def _warp(image: Image, detection: Detection, rule: FivePointWarp, side: int) -> Image:
    if detection.landmarks is None:
        raise ValueError("the rule warps by landmarks and the detection has none")
    here = np.array(detection.landmarks, np.float32)
    there = np.array(rule.points, np.float32) * side
    matrix = _similarity(here, there)
    warped = cv2.warpAffine(
        image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return warped.astype(np.uint8, copy=False)


def _similarity(
    here: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    there: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Least-squares rotation, scale and shift (Umeyama, 1991, in the plane: complex numbers)."""
    a = here.astype(np.float64) @ np.array([1, 1j])
    b = there.astype(np.float64) @ np.array([1, 1j])
    a_mean, b_mean = a.mean(), b.mean()
    spread = np.vdot(a - a_mean, a - a_mean).real
    if spread <= 0:
        raise ValueError("the landmarks lie on one point")
    turn = np.vdot(a - a_mean, b - b_mean) / spread
    shift = b_mean - turn * a_mean
    return np.array(
        [[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float64
    )
