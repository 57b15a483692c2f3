"""The subject of a photo, also of one cut as tightly as only photos are."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.portraits import EILEEN, GRACE, Visitor, scene
from support.seeing import recognizer
from support.sights import found

from faceidd.camera.frame import Image
from faceidd.enroll.faults import Fault
from faceidd.enroll.subject import PAD, find_in_photo, subject
from faceidd.face.detection import Box
from faceidd.face.quality import Rejection
from faceidd.face.recognizer import FoundFace, Recognizer

TOO_SMALL = Rejection.TOO_SMALL


@pytest.fixture(scope="module")
def seeing(models_dir: Path) -> Recognizer:
    return recognizer(models_dir)


def faces(*widths: float, rejection: Rejection | None = None) -> list[FoundFace]:
    return [found(Box(0, 0, width, width), rejection) for width in widths]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([], Fault.NO_FACE),
        (faces(100), 0),
        (faces(150, 100), 0),
        (faces(300, 100, 99), 0),
        (faces(149, 100), Fault.MANY_FACES),
        (faces(100, 100, 10), Fault.MANY_FACES),
        (faces(150) + faces(100, rejection=TOO_SMALL), 0),
        (faces(150, rejection=TOO_SMALL) + faces(100), Fault.TOO_SMALL),
        (faces(120, rejection=TOO_SMALL) + faces(100), Fault.MANY_FACES),
    ],
)
def test_the_subject_is_clearly_the_nearest(
    seen: Sequence[FoundFace], expected: Fault | int
) -> None:
    assert subject(seen) == (expected if isinstance(expected, Fault) else seen[expected])


@pytest.mark.parametrize("rejection", Rejection)
def test_whatever_the_gate_rejects_has_a_fault_in_words(rejection: Rejection) -> None:
    fault = subject(faces(100, rejection=rejection))
    assert isinstance(fault, Fault)
    assert fault.value == rejection.value


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_can_be_read_after_a_photos_name(fault: Fault) -> None:
    assert fault.words.split()[0] in {"is", "shows", "cuts", "may", "and"}


def test_a_whole_photo_is_searched_as_it_is(seeing: Recognizer) -> None:
    image = scene(Visitor(GRACE, 150, (320, 240)), Visitor(EILEEN, 80, (90, 200)))
    seen = find_in_photo(seeing, image)
    assert seen.image is image
    assert seen.faces == seeing.find(image)
    assert len(seen.faces) == 2


FULL = scene(Visitor(GRACE, 200, (320, 240)))
"""The face reaches from 124 to 356 px."""


@pytest.mark.parametrize(
    ("photo", "alone"),
    [(FULL[155:325, 235:405], []), (FULL[184:], [Rejection.AT_EDGE])],
    ids=["all around", "forehead"],
)
def test_a_tightly_cut_photo_is_padded(
    seeing: Recognizer, photo: Image, alone: list[Rejection]
) -> None:
    """Without its edge the face lies too far outside of the picture, or is not found at all."""
    image = np.ascontiguousarray(photo)
    assert [one.quality.rejection for one in seeing.find(image)] == alone
    seen = find_in_photo(seeing, image)
    edge = round(PAD * image.shape[0])
    assert seen.image.shape == (image.shape[0] + 2 * edge, image.shape[1] + 2 * edge, 3)
    assert (seen.image[edge:-edge, edge:-edge] == image).all()
    assert not seen.image[:edge].any()
    assert not seen.image[:, :edge].any()
    (one,) = seen.faces
    assert one.quality.rejection is None
    padded = seeing.embed(seen.image, one.face)
    (whole,) = seeing.see(FULL).faces
    assert padded.vector @ whole.embedding.vector > 0.8


def test_padding_does_not_make_a_face_whole(seeing: Recognizer) -> None:
    """Mouth and chin are missing; the reason told is that of the photo as it is."""
    image = FULL[:276].copy()
    assert [one.quality.rejection for one in seeing.find(image)] == [Rejection.AT_EDGE]
    seen = find_in_photo(seeing, image)
    assert seen.image is image
    assert subject(seen.faces) is Fault.AT_EDGE


def test_nobody_is_found_in_padding(seeing: Recognizer) -> None:
    image = np.full((200, 300, 3), 90, np.uint8)
    seen = find_in_photo(seeing, image)
    assert seen.faces == ()
    assert seen.image is image


class Counting(Recognizer):
    """A recognizer that remembers how many pictures it searched."""

    searched = 0

    def find(self, image: Image) -> tuple[FoundFace, ...]:
        self.searched += 1
        return super().find(image)


@pytest.mark.parametrize(
    ("image", "reasons"),
    [
        (scene(Visitor(GRACE, 40, (320, 240))), [TOO_SMALL]),
        (
            scene(Visitor(GRACE, 200, (450, 445)), Visitor(EILEEN, 120, (140, 200))),
            [Rejection.AT_EDGE, None],
        ),
    ],
    ids=["far", "two"],
)
def test_what_padding_cannot_help_is_searched_once(
    models_dir: Path, image: Image, reasons: list[Rejection | None]
) -> None:
    one = recognizer(models_dir, min_face_px=25)
    counting = Counting(
        one.detector,
        one.refiner,
        one.gate,
        one.embedder,
        rule=one.rule,
        same_face=one.same_face,
    )
    seen = find_in_photo(counting, image)
    assert counting.searched == 1
    assert seen.image is image
    assert [one.quality.rejection for one in seen.faces] == reasons


def test_a_large_photo_is_searched_in_a_smaller_copy(models_dir: Path) -> None:
    one = recognizer(models_dir)
    counting = Counting(
        one.detector,
        one.refiner,
        one.gate,
        one.embedder,
        rule=one.rule,
        same_face=one.same_face,
    )
    large = cv2.resize(scene(Visitor(EILEEN, 160, (320, 240))), (3200, 2400))
    found = find_in_photo(counting, large.astype(np.uint8))
    assert counting.searched == 1
    assert found.image.shape == (960, 1280, 3)
    inside = one.embed(found.image, found.faces[0].face).vector
    (whole,) = one.see(large.astype(np.uint8)).faces
    assert inside @ whole.embedding.vector > 0.98


def test_a_small_face_in_a_large_photo_is_found_in_all_of_it(models_dir: Path) -> None:
    one = recognizer(models_dir)
    large = scene(Visitor(EILEEN, 120, (1000, 700)), size=(2400, 1600))
    found = find_in_photo(one, large)
    assert found.image is large
    assert len(found.faces) == 1
