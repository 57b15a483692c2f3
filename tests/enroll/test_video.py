"""A video becomes photos of the person it is of, and of nobody else."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.photo_files import both, nobody
from support.portraits import EILEEN, GRACE, Visitor, scene
from support.seeing import recognizer

from faceidd.camera.folder import ImageFolder
from faceidd.camera.frame import Image
from faceidd.enroll.faults import Fault
from faceidd.enroll.reading import decode
from faceidd.enroll.video import PhotosOfVideo, VideoRules, photos_of_video
from faceidd.errors import CameraError
from faceidd.face.recognizer import Recognizer

SAME = 0.7
Take = Callable[..., PhotosOfVideo]


@pytest.fixture(scope="module")
def seeing(models_dir: Path) -> Recognizer:
    return recognizer(models_dir)


@pytest.fixture
def take(seeing: Recognizer, tmp_path: Path) -> Take:
    """Take photos of a video of these frames."""

    def take(frames: Sequence[Image], most: int = 5, every: int | None = None) -> PhotosOfVideo:
        for number, frame in enumerate(frames):
            cv2.imwrite(str(tmp_path / f"{number}.png"), frame)
        return photos_of_video(ImageFolder(str(tmp_path)), seeing, VideoRules(most, SAME, every))

    return take


def visit(name: str, widths: Sequence[int], *, x: int = 320) -> list[Image]:
    person = EILEEN if name == EILEEN else GRACE
    return [scene(Visitor(person, width, (x, 240))) for width in widths]


def who(photo: bytes, seeing: Recognizer) -> str:
    """Whose face a photo shows."""
    image = decode(photo)
    assert isinstance(image, np.ndarray)
    (face,) = seeing.see(image).faces
    known = {
        name: seeing.see(scene(Visitor(name, 180, (320, 240)))).faces[0].embedding.vector
        for name in (EILEEN, GRACE)
    }
    return max(known, key=lambda name: float(known[name] @ face.embedding.vector))


def test_photos_are_cut_at_full_resolution_with_context(take: Take, seeing: Recognizer) -> None:
    found = take(visit(EILEEN, (100, 130, 160)))
    assert found.of_subject == found.frames == 3
    assert len(found.photos) >= 2
    widths = []
    for content in found.photos:
        image = decode(content)
        assert isinstance(image, np.ndarray)
        (face,) = seeing.see(image).faces
        box, (height, width) = face.face.box, image.shape[:2]
        widths.append(box.width)
        assert min(box.x, width - box.x - box.width) > 0.25 * box.width
        assert min(box.y, height - box.y - box.height) > 0.25 * box.height
    first = decode(found.photos[0])
    assert isinstance(first, np.ndarray)
    assert widths == sorted(widths)


def test_people_who_pass_by_are_not_taken_for_the_subject(take: Take, seeing: Recognizer) -> None:
    found = take(
        [
            *visit(GRACE, (150, 150)),
            *visit(EILEEN, (110, 130)),
            both(90, 150),
            *visit(EILEEN, (150, 170)),
            *visit(GRACE, (200,)),
        ],
        most=20,
    )
    assert (found.of_subject, found.of_others) == (5, 3)
    assert {who(content, seeing) for content in found.photos} == {EILEEN}


def test_a_subject_who_comes_again_is_one_person(take: Take, seeing: Recognizer) -> None:
    found = take([*visit(EILEEN, (130,)), *visit(GRACE, (130, 150)), *visit(EILEEN, (150, 170))])
    assert (found.of_subject, found.of_others) == (3, 2)
    assert {who(content, seeing) for content in found.photos} == {EILEEN}


def test_frames_that_cannot_be_used_are_counted_by_reason(take: Take) -> None:
    found = take([nobody(), both(150, 140), visit(EILEEN, (150,))[0] // 8, *visit(EILEEN, (150,))])
    assert found.frames == 4
    assert found.of_subject == 1
    assert found.refused == {Fault.NO_FACE: 1, Fault.MANY_FACES: 1, Fault.TOO_DARK: 1}


def test_every_kth_frame_as_it_comes(take: Take) -> None:
    found = take(visit(EILEEN, range(100, 180, 10)), most=2, every=3)
    assert found.frames == 3
    shapes = [decode(photo).shape for photo in found.photos]  # type: ignore[union-attr]  # every one of these could be decoded
    assert shapes == sorted(shapes)
    assert len(shapes) == 2


def test_a_video_of_nobody_gives_nothing(take: Take) -> None:
    found = take([nobody(), nobody()])
    assert found.photos == ()
    assert found.refused == {Fault.NO_FACE: 2}


def test_what_is_no_video_is_told(seeing: Recognizer, tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="holds no images"):
        photos_of_video(ImageFolder(str(tmp_path)), seeing, VideoRules(5, SAME))
