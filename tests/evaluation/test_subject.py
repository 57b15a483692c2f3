"""The subject of a photo: the face nearest to its center, in a tight crop too."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.bright_onet import bright_onet
from support.portraits import EILEEN, GRACE, Visitor, scene
from support.seeing import recognizer
from support.told import ToldDetector, ToldNetwork, told_manifest

from faceidd.camera.frame import Image
from faceidd.evaluation.subject import padded, read_image, subject
from faceidd.face.detection import Box, Detection
from faceidd.face.onet import OutputNet
from faceidd.face.quality import Rejection
from faceidd.face.quality_gate import Limits, QualityGate
from faceidd.face.recognizer import Recognizer
from faceidd.face.refinement import Refiner
from faceidd.face.tflite import TfliteEmbedder

EVERYTHING = Limits(
    min_eyes_px=0, min_inside=0, max_yaw=99, min_pitch=-99, max_pitch=99, max_roll_deg=180,
    min_brightness=0, max_dark=1, max_brightness=255, max_bright=1, max_blur=99,
    min_mouth_edges=-99,
)  # fmt: skip
WHITE = np.full((80, 120, 3), 255, np.uint8)


class RoomyDetector:
    """A detector that sees the face only where there is room around it."""

    name, square_scale = "roomy", 1.0

    def detect(self, image: Image) -> tuple[Detection, ...]:
        height, width = image.shape[:2]
        if image[0, 0].any():
            return ()
        return (Detection(Box(width / 2 - 10, height / 2 - 10, 20, 20), 0.9),)


def told(detector: RoomyDetector | ToldDetector, limits: Limits = EVERYTHING) -> Recognizer:
    manifest = told_manifest()
    network = ToldNetwork((1, 8, 8, 3), np.ones((1, 4), np.float32))
    return Recognizer(
        detector,
        Refiner(OutputNet(bright_onet()), square_scale=1.0, min_score=0.2),
        QualityGate(limits),
        TfliteEmbedder(manifest, "float32", network),
        rule=manifest.crop,
        same_face=manifest.thresholds["cosine"],
    )


def test_the_face_nearest_to_the_center_is_meant(models_dir: Path) -> None:
    image = scene(Visitor(EILEEN, 130, (130, 240)), Visitor(GRACE, 90, (350, 240)))
    found = subject(image, recognizer(models_dir))
    assert found is not None
    assert found.image is image
    assert found.found.face.box.center[0] == pytest.approx(350, abs=15)


def test_a_crop_too_tight_to_be_searched_is_padded() -> None:
    found = subject(WHITE, told(RoomyDetector()))
    assert found is not None
    assert found.image.shape == (80 + 40, 120 + 40, 3)
    assert (found.image == padded(WHITE)).all()
    x, y = found.found.face.box.center
    assert (x, y) == pytest.approx((80, 60), abs=4)


def test_without_a_face_there_is_no_subject() -> None:
    assert subject(WHITE, told(ToldDetector())) is None


def test_a_rejected_face_is_the_subject_too() -> None:
    far = told(ToldDetector(Box(40, 20, 40, 40)), replace(EVERYTHING, min_eyes_px=999))
    found = subject(WHITE, far)
    assert found is not None
    assert found.found.quality.rejection is Rejection.TOO_SMALL


def test_a_photo_is_read_or_it_is_said_why_not(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "good.png"), WHITE)
    (tmp_path / "bad.png").write_bytes(b"\x89PNG")
    image = read_image(tmp_path / "good.png")
    assert not isinstance(image, str)
    assert image.shape == WHITE.shape
    assert read_image(tmp_path / "bad.png") == "unreadable"
    assert read_image(tmp_path / "none.png") == "missing"
    assert read_image(tmp_path) == "unreadable"
