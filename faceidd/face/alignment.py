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
    if isinstance(rule, FivePointWarp):
        return AlignedFace(warp(image, face, rule, side))
    box = region(face.box, rule)
    size = (side, side) if rule.fit == "stretch" else _within(box, side)
    crop = _level(image, face, box, size) if rule.level else cut(image, box, size)
    return AlignedFace(crop if crop.shape == (side, side, 3) else _padded(crop, side))


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


def _within(box: Box, side: int) -> tuple[int, int]:
    """Width and height of a box's picture that fills a square on its longer side."""
    longer = max(box.width, box.height)
    return max(1, int(side * box.width / longer)), max(1, int(side * box.height / longer))


def _padded(crop: Image, side: int) -> Image:
    """Put a picture into the middle of a black square."""
    high, wide = side - crop.shape[0], side - crop.shape[1]
    bars = (high // 2, high - high // 2, wide // 2, wide - wide // 2)
    return cv2.copyMakeBorder(crop, *bars, cv2.BORDER_CONSTANT).astype(np.uint8, copy=False)


def _level(image: Image, face: Face, box: Box, size: tuple[int, int]) -> Image:
    """Resample the part of an image under a box that is turned to level the eyes."""
    right, left = face.landmarks[:2]
    eyes = complex(left[0] - right[0], left[1] - right[1])
    if not eyes:
        raise ValueError("the landmarks lie on one point")
    turn = eyes / abs(eyes)
    across, down = turn * box.width / size[0], turn * 1j * box.height / size[1]
    # OpenCV's pixel centers lie on whole numbers.
    corner = complex(*box.center) - 0.5 * (1 + 1j)
    corner -= across * (size[0] - 1) / 2 + down * (size[1] - 1) / 2
    matrix = np.array(
        [[across.real, down.real, corner.real], [across.imag, down.imag, corner.imag]], np.float64
    )
    return cv2.warpAffine(
        image,
        matrix,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8, copy=False)


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
