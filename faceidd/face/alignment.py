"""Face -> AlignedFace: cropped or warped exactly as the model pack's manifest says."""

from dataclasses import dataclass

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.face.detection import Box
from faceidd.face.refinement import Face
from faceidd.face.region import cut
from faceidd.models.manifest import BoxCrop, CropRule, FivePointWarp


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFace:
    """A face as one model wants to see it.

    Attributes:
        image: uint8 (S, S, 3) BGR, S the model's input side.
    """

    image: Image


def align(image: Image, face: Face, rule: CropRule, side: int) -> AlignedFace:
    """Cut a face out of its frame for a model with square input.

    Args:
        image: The frame, uint8 (H, W, 3) BGR.
        face: A face in that frame.
        rule: The rule of the model's manifest.
        side: The model's input side, px.

    Raises:
        ValueError: The face's box lies outside of the frame, or its landmarks on one point.
    """
    if isinstance(rule, BoxCrop):
        return AlignedFace(cut(image, region(face.box, rule), (side, side)))
    return AlignedFace(warp(image, face, rule, side))


def region(box: Box, rule: BoxCrop) -> Box:
    """Rectangle of the frame that a box rule takes for a face's box."""
    x, y = box.center
    y += rule.shift_y * box.height
    width, height = box.width * rule.scale * rule.aspect, box.height * rule.scale
    return Box(x - width / 2, y - height / 2, width, height)


def warp(image: Image, face: Face, rule: FivePointWarp, side: int) -> Image:
    """Turn, scale and shift a face so that its landmarks come to lie on the rule's points.

    Returns:
        uint8 (side, side, 3) BGR; beyond the frame its edge pixels are repeated.

    Raises:
        ValueError: The landmarks lie on one point.
    """
    here = np.array(face.landmarks, np.float32)
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
