"""People of the evaluation set, enrolled on one day and recognized on another."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.seeing import recognizer

from faceidd.camera.frame import Image
from faceidd.enroll.folder import enroll_folder
from faceidd.gallery.metric import Metric

PHOTOS, FRAMES = 3, 5
"""Of each session's fifteen pictures, evenly spread."""


def session(faces: Path, person: str, number: str) -> list[Path]:
    """Frames of one session; a file is named person_glasses_position_session_n."""
    frames = sorted((faces / "nuaa_live" / person).glob("*.jpg"))
    return [frame for frame in frames if frame.stem.split("_")[3] == number]


def read(path: Path) -> Image:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8, copy=False)


@pytest.mark.parametrize(("enrolled", "probed"), [("01", "02"), ("02", "01")])
def test_the_right_person_is_nearest_on_another_day(
    models_dir: Path, faces_dir: Path, tmp_path: Path, enrolled: str, probed: str
) -> None:
    people = ("0005", "0006")
    for person in people:
        (tmp_path / f"person {person}").mkdir()
        for photo in session(faces_dir, person, enrolled)[::5]:
            shutil.copy(photo, tmp_path / f"person {person}")
    seeing = recognizer(models_dir, min_face_px=100)
    gallery = enroll_folder(tmp_path, seeing, "facenet int8").gallery
    assert gallery.photos.tolist() == [PHOTOS] * len(people)
    for person in people:
        frames = session(faces_dir, person, probed)[::3]
        assert len(frames) == FRAMES
        for frame in frames:
            match = gallery.match(seeing.see(read(frame))[0].embedding, Metric.COSINE)
            assert match is not None
            assert match.person.name == f"person {person}"
            assert match.margin > 0
