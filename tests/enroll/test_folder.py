"""Enrollment: who comes into the gallery, and which photos are turned away."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.photo_files import alone, both, nobody, write
from support.portraits import EILEEN, GRACE, Visitor, head, scene
from support.seeing import recognizer

from faceidd.camera.frame import Image
from faceidd.enroll.faults import Fault
from faceidd.enroll.folder import enroll_folder
from faceidd.errors import EnrollmentError
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.scale import Scale

UPRIGHT, UPSIDE_DOWN, TO_TURN_RIGHT, TO_TURN_LEFT = 1, 3, 6, 8


@pytest.fixture(scope="module")
def seeing(models_dir: Path) -> Recognizer:
    return recognizer(models_dir)


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
    told: list[tuple[int, int]] = []

    enrollment = enroll_folder(
        tmp_path, seeing, "facenet int8", progress=lambda done, total: told.append((done, total))
    )

    gallery = enrollment.gallery
    assert enrollment.rejected == ()
    assert told == [(done, 4) for done in range(5)]
    assert [(person.id, person.name) for person in gallery.people] == [
        ("Eileen", "Eileen"),
        ("Grace", "Grace"),
    ]
    assert gallery.owners.tolist() == [0, 1]
    assert gallery.photos.tolist() == [3, 1]
    assert (gallery.model_id, gallery.model_name) == (seeing.model_id, "facenet int8")
    assert gallery.detector == "blazeface"
    each = [seeing.see(image).faces[0] for image in photos]
    weights = [one.quality.weight for one in each]
    mean = np.average([one.embedding.vector for one in each], axis=0, weights=weights)
    assert gallery.vectors[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    norm = np.average([one.embedding.norm for one in each], weights=weights)
    assert gallery.norms[0] == pytest.approx(norm, rel=1e-5)
    shares = [one.contribution.share for one in enrollment.records[:3] if one.contribution]
    assert shares == pytest.approx(np.array(weights) / np.sum(weights))
    assert [one.quality for one in enrollment.records[:3]] == weights


def test_who_was_enrolled_is_recognized(tmp_path: Path, seeing: Recognizer) -> None:
    write(tmp_path / "Eileen1.jpg", alone(EILEEN, 120))
    write(tmp_path / "Grace1.webp", alone(GRACE, 130))
    gallery = enroll_folder(tmp_path, seeing, "facenet int8").gallery
    for visitor, name in (
        (Visitor(EILEEN, 210, (250, 200)), "Eileen"),
        (Visitor(GRACE, 90, (400, 250)), "Grace"),
    ):
        (seen,) = seeing.see(scene(visitor)).faces
        match = Matcher(gallery, Scale()).match(seen.embedding)
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
    (seen,) = seeing.see(portrait).faces
    gallery = enroll_folder(tmp_path, seeing, "facenet int8").gallery
    assert gallery.vectors[0] @ seen.embedding.vector > 0.97


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.UNREADABLE),
        (b"no picture at all", Fault.UNREADABLE),
        (cv2.imencode(".jpg", alone())[1].tobytes()[:9000], Fault.UNREADABLE),
        (huge_png(), Fault.TOO_LARGE),
        (cv2.imencode(".jpg", nobody())[1].tobytes(), Fault.NO_FACE),
        (cv2.imencode(".jpg", alone(width=40))[1].tobytes(), Fault.NO_FACE),
        (cv2.imencode(".jpg", both(150, 120))[1].tobytes(), Fault.MANY_FACES),
        (cv2.imencode(".jpg", alone() // 8)[1].tobytes(), Fault.TOO_DARK),
        (cv2.imencode(".jpg", alone(width=200)[:276])[1].tobytes(), Fault.AT_EDGE),
    ],
    ids=["empty", "text", "torn", "huge", "faceless", "far", "two", "dark", "chinless"],
)
def test_a_photo_that_cannot_be_used_is_named_with_its_reason(
    tmp_path: Path, seeing: Recognizer, content: bytes, fault: Fault
) -> None:
    write(tmp_path / "Eileen1.jpg", alone())
    (tmp_path / "Eileen2.jpg").write_bytes(content)
    files = sorted(tmp_path.iterdir())

    with pytest.raises(EnrollmentError) as refused:
        enroll_folder(tmp_path, seeing, "facenet int8")

    assert f"{tmp_path / 'Eileen2.jpg'} {fault.words}" in str(refused.value)
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
    assert "2 of the 3 photos" in refused.value.what
    assert f"Eileen2.jpg {Fault.NO_FACE.words}" in refused.value.what
    assert f"Grace1.jpg {Fault.UNREADABLE.words}" in refused.value.what


def test_the_list_is_whole_and_in_the_order_of_the_reasons(
    tmp_path: Path, seeing: Recognizer
) -> None:
    for index in range(40):
        (tmp_path / f"Grace{index}.jpg").touch()
    write(tmp_path / "Grace0.jpg", nobody())
    with pytest.raises(EnrollmentError) as refused:
        enroll_folder(tmp_path, seeing, "facenet int8")
    assert "40 of the 40 photos cannot be enrolled (unreadable 39, no_face 1)" in refused.value.what
    lines = refused.value.what.splitlines()[1:-1]
    assert len(lines) == 40
    assert Fault.NO_FACE.words in lines[-1]


def test_nobody_is_left_out_even_when_bad_photos_are_skipped(
    tmp_path: Path, seeing: Recognizer
) -> None:
    write(tmp_path / "Eileen1.jpg", alone())
    write(tmp_path / "Grace1.jpg", nobody())
    with pytest.raises(EnrollmentError, match="no photo is left of: Grace") as refused:
        enroll_folder(tmp_path, seeing, "facenet int8", skip_bad=True)
    assert "--skip-bad" not in refused.value.do


def test_a_photo_full_of_one_face_is_enough(tmp_path: Path, seeing: Recognizer) -> None:
    write(tmp_path / "Grace1.png", head(GRACE, 400))
    assert enroll_folder(tmp_path, seeing, "facenet int8").gallery.photos.tolist() == [1]
