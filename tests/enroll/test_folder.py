"""Enrollment: who comes into the gallery, and which photos are turned away."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.portraits import EILEEN, GRACE, Visitor, head, scene
from support.seeing import recognizer

from faceidd.camera.frame import Image
from faceidd.enroll.folder import LISTED, Fault, enroll_folder, subject
from faceidd.errors import EnrollmentError
from faceidd.face.detection import Box, Detection
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.metric import Metric

UPRIGHT, UPSIDE_DOWN, TO_TURN_RIGHT, TO_TURN_LEFT = 1, 3, 6, 8


@pytest.fixture(scope="module")
def seeing(models_dir: Path) -> Recognizer:
    return recognizer(models_dir)


def write(path: Path, image: Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())


def alone(name: str = EILEEN, width: float = 140) -> Image:
    return scene(Visitor(EILEEN if name == EILEEN else GRACE, width, (320, 240)))


def nobody() -> Image:
    return scene()


def both(first: float, second: float) -> Image:
    return scene(Visitor(GRACE, first, (170, 240)), Visitor(EILEEN, second, (480, 240)))


def turned(upright: Image, orientation: int) -> bytes:
    """A JPEG file whose pixels lie as the camera was held, with the EXIF tag that tells so."""
    quarters = {UPRIGHT: 0, UPSIDE_DOWN: 2, TO_TURN_RIGHT: 1, TO_TURN_LEFT: 3}[orientation]
    pixels = np.ascontiguousarray(np.rot90(upright, quarters))
    jpeg = cv2.imencode(".jpg", pixels)[1].tobytes()
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)
    segment = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def huge_png() -> bytes:
    """A whole PNG file that says it has 100,000 x 100,000 pixels."""
    size = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", size), (b"IDAT", pixels), (b"IEND", b""))
    )


def test_everybody_comes_in_with_the_mean_of_their_photos(
    tmp_path: Path, seeing: Recognizer
) -> None:
    photos = [alone(EILEEN, 120), alone(EILEEN, 200), both(100, 180)]
    for index, image in enumerate(photos):
        write(tmp_path / "Eileen" / f"{index}.png", image)
    write(tmp_path / "Grace1.png", alone(GRACE, 150))
    seen: list[str] = []

    enrollment = enroll_folder(
        tmp_path, seeing, "facenet int8", progress=lambda photo: seen.append(photo.path.name)
    )

    gallery = enrollment.gallery
    assert enrollment.rejected == ()
    assert seen == ["0.png", "1.png", "2.png", "Grace1.png"]
    assert [(person.id, person.name) for person in gallery.people] == [
        ("Eileen", "Eileen"),
        ("Grace", "Grace"),
    ]
    assert gallery.owners.tolist() == [0, 1]
    assert gallery.photos.tolist() == [3, 1]
    assert (gallery.model_id, gallery.model_name) == (seeing.model_id, "facenet int8")
    assert gallery.detector == "blazeface"
    each = [seeing.see(image)[0].embedding for image in photos]
    mean = np.mean([one.vector for one in each], axis=0)
    assert gallery.vectors[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    assert gallery.norms[0] == pytest.approx(np.mean([one.norm for one in each]), rel=1e-5)


def test_who_was_enrolled_is_recognized(tmp_path: Path, seeing: Recognizer) -> None:
    write(tmp_path / "Eileen1.jpg", alone(EILEEN, 120))
    write(tmp_path / "Grace1.webp", alone(GRACE, 130))
    gallery = enroll_folder(tmp_path, seeing, "facenet int8").gallery
    for visitor, name in (
        (Visitor(EILEEN, 210, (250, 200)), "Eileen"),
        (Visitor(GRACE, 90, (400, 250)), "Grace"),
    ):
        (seen,) = seeing.see(scene(visitor))
        match = gallery.match(seen.embedding, Metric.COSINE)
        assert match is not None
        assert match.person.name == name
        assert match.value > 0.85
        assert match.margin > 0.5


@pytest.mark.parametrize("orientation", [UPRIGHT, UPSIDE_DOWN, TO_TURN_RIGHT, TO_TURN_LEFT])
def test_a_photo_is_turned_as_its_camera_says(
    tmp_path: Path, seeing: Recognizer, orientation: int
) -> None:
    portrait = alone(GRACE, 160)[:, 60:580]
    (tmp_path / "Grace.jpg").write_bytes(turned(portrait, orientation))
    (seen,) = seeing.see(portrait)
    gallery = enroll_folder(tmp_path, seeing, "facenet int8").gallery
    assert gallery.vectors[0] @ seen.embedding.vector > 0.97


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.UNREADABLE),
        (b"no picture at all", Fault.UNREADABLE),
        (cv2.imencode(".jpg", alone())[1].tobytes()[:9000], Fault.UNREADABLE),
        (huge_png(), Fault.UNREADABLE),
        (cv2.imencode(".jpg", nobody())[1].tobytes(), Fault.NO_FACE),
        (cv2.imencode(".jpg", alone(width=40))[1].tobytes(), Fault.NO_FACE),
        (cv2.imencode(".jpg", both(150, 120))[1].tobytes(), Fault.MANY_FACES),
    ],
    ids=["empty", "text", "torn", "huge", "faceless", "far", "two"],
)
def test_a_photo_that_cannot_be_used_is_named_with_its_reason(
    tmp_path: Path, seeing: Recognizer, content: bytes, fault: Fault
) -> None:
    write(tmp_path / "Eileen1.jpg", alone())
    (tmp_path / "Eileen2.jpg").write_bytes(content)
    files = sorted(tmp_path.iterdir())

    with pytest.raises(EnrollmentError) as refused:
        enroll_folder(tmp_path, seeing, "facenet int8")

    assert f"{tmp_path / 'Eileen2.jpg'} {fault}" in str(refused.value)
    assert "Eileen1" not in str(refused.value)
    assert "--skip-bad" in refused.value.do
    assert sorted(tmp_path.iterdir()) == files

    kept = enroll_folder(tmp_path, seeing, "facenet int8", skip_bad=True)
    assert kept.gallery.photos.tolist() == [1]
    assert [(one.photo.path.name, one.fault) for one in kept.rejected] == [("Eileen2.jpg", fault)]


def test_all_faults_are_listed_at_once(tmp_path: Path, seeing: Recognizer) -> None:
    write(tmp_path / "Eileen1.jpg", alone())
    write(tmp_path / "Eileen2.jpg", nobody())
    (tmp_path / "Grace1.jpg").write_bytes(b"")
    with pytest.raises(EnrollmentError) as refused:
        enroll_folder(tmp_path, seeing, "facenet int8")
    assert "2 of the photos" in refused.value.what
    assert f"Eileen2.jpg {Fault.NO_FACE}" in refused.value.what
    assert f"Grace1.jpg {Fault.UNREADABLE}" in refused.value.what


def test_a_long_list_is_cut(tmp_path: Path, seeing: Recognizer) -> None:
    for index in range(LISTED + 3):
        (tmp_path / f"Grace{index}.jpg").touch()
    with pytest.raises(EnrollmentError) as refused:
        enroll_folder(tmp_path, seeing, "facenet int8")
    assert refused.value.what.count(str(Fault.UNREADABLE)) == LISTED
    assert "... and 3 more" in refused.value.what


def test_nobody_is_left_out_even_when_bad_photos_are_skipped(
    tmp_path: Path, seeing: Recognizer
) -> None:
    write(tmp_path / "Eileen1.jpg", alone())
    write(tmp_path / "Grace1.jpg", nobody())
    with pytest.raises(EnrollmentError, match="no photo is left of: Grace") as refused:
        enroll_folder(tmp_path, seeing, "facenet int8", skip_bad=True)
    assert "--skip-bad" not in refused.value.do


def test_a_photo_that_vanishes_is_unreadable(tmp_path: Path, seeing: Recognizer) -> None:
    write(tmp_path / "Eileen1.jpg", alone())
    write(tmp_path / "Eileen2.jpg", alone())
    enrollment = enroll_folder(
        tmp_path,
        seeing,
        "facenet int8",
        skip_bad=True,
        progress=lambda _: (tmp_path / "Eileen2.jpg").unlink(missing_ok=True),
    )
    assert [one.fault for one in enrollment.rejected] == [Fault.UNREADABLE]


def faces(*widths: float) -> list[Detection]:
    return [Detection(Box(0, 0, width, width), 0.9) for width in widths]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], Fault.NO_FACE),
        (faces(100), 0),
        (faces(150, 100), 0),
        (faces(300, 100, 99), 0),
        (faces(149, 100), Fault.MANY_FACES),
        (faces(100, 100, 10), Fault.MANY_FACES),
    ],
)
def test_the_subject_is_clearly_the_nearest(
    found: Sequence[Detection], expected: Fault | int
) -> None:
    assert subject(found) == (expected if isinstance(expected, Fault) else found[expected])


def test_a_photo_full_of_one_face_is_enough(tmp_path: Path, seeing: Recognizer) -> None:
    write(tmp_path / "Grace1.png", head(GRACE, 400))
    assert enroll_folder(tmp_path, seeing, "facenet int8").gallery.photos.tolist() == [1]
