"""Reading photos: upright, of bounded size, and what is said of those that cannot be read."""

import importlib.util
import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from faceidd.camera.frame import Image
from faceidd.enroll import reading
from faceidd.enroll.faults import Fault
from faceidd.enroll.reading import decode, read_content

TURN_RIGHT = 6


@pytest.fixture
def stripes() -> Image:
    """Wider than high; blue on the left, red on the right, gray in the middle."""
    image = np.full((60, 90, 3), 128, np.uint8)
    image[:, :30], image[:, 60:] = (255, 0, 0), (0, 0, 255)
    return image


def heic(image: Image, orientation: int | None = None) -> bytes:
    """A HEIC file, perhaps of a telephone that was held on its side."""
    picture = Pillow.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
    exif = picture.getexif()
    if orientation is not None:
        exif[0x0112] = orientation
    pillow_heif.register_heif_opener()
    content = BytesIO()
    picture.save(content, "HEIF", quality=95, exif=exif.tobytes())
    return content.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A small PNG file that says it has this size."""
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", size), (b"IDAT", zlib.compress(bytes(99))), (b"IEND", b""))
    )


@pytest.mark.parametrize("suffix", [".bmp", ".jpg", ".png", ".tiff", ".webp", ".avif"])
def test_common_formats_are_read(stripes: Image, suffix: str) -> None:
    image = decode(cv2.imencode(suffix, stripes)[1].tobytes())
    assert isinstance(image, np.ndarray)
    assert np.abs(image.astype(int) - stripes).mean() < 12


def test_a_heic_photo_is_read_upright(stripes: Image) -> None:
    upright, turned = decode(heic(stripes)), decode(heic(stripes, TURN_RIGHT))
    assert isinstance(upright, np.ndarray)
    assert isinstance(turned, np.ndarray)
    assert np.abs(upright.astype(int) - stripes).mean() < 12
    assert np.abs(turned.astype(int) - np.rot90(stripes, -1)).mean() < 12


def test_a_heic_photo_names_what_it_needs(stripes: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert decode(heic(stripes)) is Fault.NEEDS_EXTRA
    assert "faceidd[enroll]" in Fault.NEEDS_EXTRA.words


def test_a_larger_jpeg_is_decoded_to_a_part(
    stripes: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = cv2.imencode(".jpg", stripes)[1].tobytes()
    for most, shape in ((5400, (60, 90)), (5399, (30, 45)), (1349, (15, 23)), (100, (8, 12))):
        monkeypatch.setattr(reading, "MOST_PIXELS", most)
        image = decode(content)
        assert isinstance(image, np.ndarray)
        assert image.shape[:2] == shape
    monkeypatch.setattr(reading, "MOST_PIXELS", 80)
    assert decode(content) is Fault.TOO_LARGE


def test_other_larger_photos_are_refused_before_they_are_decoded(
    stripes: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert decode(png_of(10_000, 10_000)) is Fault.TOO_LARGE
    monkeypatch.setattr(reading, "MOST_PIXELS", 5399)
    assert decode(heic(stripes)) is Fault.TOO_LARGE


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_torn_jpeg_is_unreadable(share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)
    content = cv2.imencode(".jpg", noise)[1].tobytes()
    assert decode(content[: int(share * len(content))]) is Fault.UNREADABLE


def test_a_torn_heic_is_unreadable(stripes: Image) -> None:
    content = heic(stripes)
    assert decode(content[: len(content) // 2]) is Fault.UNREADABLE


@given(st.binary(max_size=64), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"BM"]))
def test_anything_else_is_unreadable(content: bytes, begin: bytes) -> None:
    assert decode(begin + content) in {Fault.UNREADABLE, Fault.TOO_LARGE}


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    assert read_content(photo) is Fault.UNREADABLE
    assert read_content(tmp_path) is Fault.UNREADABLE
    photo.touch()
    assert read_content(photo) == b""
    os.truncate(photo, reading.MOST_BYTES + 1)
    assert read_content(photo) is Fault.TOO_LARGE
