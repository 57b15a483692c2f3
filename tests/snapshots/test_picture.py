"""Pictures of faces: their place, their size, and what is not in them."""

import cv2
import numpy as np
import pytest
from support.portraits import EILEEN, Visitor, scene

from faceidd.camera.frame import Image
from faceidd.face.detection import Box
from faceidd.snapshots.picture import LONGEST_PX, MARGIN, MOST_BYTES, face_picture


def opened(jpeg: bytes) -> Image:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8, copy=False)


def test_it_shows_the_face_and_a_margin() -> None:
    frame = scene(Visitor(EILEEN, 150, (320, 240)))
    picture = opened(face_picture(frame, Box(245, 165, 150, 150)))
    around = round(150 * MARGIN)
    part = frame[165 - around : 315 + around, 245 - around : 395 + around]
    assert picture.shape[0] == pytest.approx(part.shape[0], abs=2)
    expected = cv2.resize(part, picture.shape[1::-1])
    assert np.abs(picture.astype(int) - expected).mean() < 5


def test_at_the_edge_it_ends_with_the_frame() -> None:
    picture = opened(face_picture(scene(), Box(-50, -20, 100, 100)))
    assert picture.shape == (105, 75, 3)


def test_it_is_bounded_in_pixels_and_bytes_also_where_nothing_compresses() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), np.uint8)
    jpeg = face_picture(noise, Box(500, 100, 800, 900))
    assert len(jpeg) <= MOST_BYTES
    assert max(opened(jpeg).shape) <= LONGEST_PX


def test_nothing_is_in_it_but_pixels() -> None:
    jpeg = face_picture(scene(), Box(100, 100, 150, 150))
    markers, at = [], 2
    while jpeg[at + 1] != 0xDA:  # until the pixels begin
        markers.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    assert markers[0] == 0xE0, "the JFIF header"
    assert set(markers[1:]) <= {0xDB, 0xC0, 0xC2, 0xC4, 0xDD}, "tables and sizes, no application's"


def test_a_face_that_is_not_in_the_frame_has_none() -> None:
    with pytest.raises(ValueError, match="outside"):
        face_picture(scene(), Box(2000, 2000, 100, 100))
