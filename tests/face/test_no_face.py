"""What is no face is refused, also where a detector is deceived."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.evaluation_faces import some_photos
from support.seeing import detector, refiner
from support.told import ToldDetector

from faceidd.camera.frame import Image
from faceidd.face.detection import Box, Detection

FRAMED = tuple(
    Detection(Box(*box), 0.9)
    for box in ((93, 30, 134, 180), (70, 20, 180, 200), (120, 60, 80, 110), (0, 0, 320, 240))
)
"""The middle of a picture of 320 x 240 px, as detectors may frame it."""


def drawn_face() -> Image:
    """What a detector of patterns takes for a face: eyes and a mouth on an oval."""
    image = np.full((240, 320, 3), 90, np.uint8)
    cv2.ellipse(image, (160, 120), (67, 90), 0, 0, 360, (150, 180, 220), -1)
    for x in (133, 187):
        cv2.circle(image, (x, 98), 10, (20, 20, 20), -1)
    cv2.line(image, (133, 165), (187, 165), (40, 40, 160), 8)
    return image


def brick_wall() -> Image:
    image = np.full((240, 320, 3), 170, np.uint8)
    image[::20] = 60
    image[:, ::40] = 60
    return image


def badge() -> Image:
    image = np.full((240, 320, 3), 240, np.uint8)
    cv2.rectangle(image, (90, 60), (170, 150), (120, 90, 60), -1)
    cv2.putText(image, "VISITOR", (90, 190), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 3)
    return image


def noise() -> Image:
    return np.random.default_rng(7).integers(0, 256, (240, 320, 3), np.uint8)


@pytest.mark.parametrize("image", [drawn_face(), brick_wall(), badge(), noise()],
                         ids=["drawn", "wall", "badge", "noise"])  # fmt: skip
def test_what_is_no_face_is_refused_however_it_is_framed(models_dir: Path, image: Image) -> None:
    assert refiner(models_dir, ToldDetector()).refine(image, FRAMED) == (None,) * len(FRAMED)


@pytest.mark.parametrize("name", ["blazeface", "haar"])
def test_a_drawn_face_deceives_detectors_but_not_the_refiner(models_dir: Path, name: str) -> None:
    image, finds = drawn_face(), detector(models_dir, name, 65)
    found = finds.detect(image)
    assert len(found) == 1
    assert refiner(models_dir, finds).refine(image, found) == (None,)


def beside(known: Sequence[Box], size: tuple[int, int], random: np.random.Generator) -> Box | None:
    """A random square of a picture without the faces that are known in it."""
    side = float(random.uniform(30, 110))
    x, y = (float(random.uniform(0, most - side)) for most in size)
    square = Box(x, y, side, side)
    return None if any(square.overlap(box) > 0.02 for box in known) else square


def test_backgrounds_of_photos_are_no_faces(models_dir: Path, faces_dir: Path) -> None:
    """Measured over 2,610 squares of 600 photos: 2 pass, and neither the quality gate."""
    finds = detector(models_dir, "blazeface", 30)
    refine = refiner(models_dir, ToldDetector()).refine
    random = np.random.default_rng(3)
    verdicts: list[bool] = []
    for image in some_photos(faces_dir, "lfw", 40):
        known = [one.box for one in finds.detect(image)]
        size = (image.shape[1], image.shape[0])
        squares = [beside(known, size, random) for _ in range(20)]
        found = [Detection(square, 0.9) for square in squares if square is not None]
        verdicts += [face is not None for face in refine(image, found)]
    assert len(verdicts) > 200
    assert np.mean(verdicts) <= 0.01
