"""The gallery's file: what comes back, and what is refused."""

import hashlib
import json
import stat
import struct
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save
from support.calibrations import calibration
from support.people import MODEL, embedding, gallery

from faceidd.errors import GalleryError
from faceidd.gallery.consent import Consent
from faceidd.gallery.file import (
    KIND,
    gallery_bytes,
    load_gallery,
    load_known_gallery,
    parse_gallery,
    save_gallery,
)
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.revision import canonical
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.sealed import sealed, unsealed

S_NORM = Scale(normalization=Normalization.S_NORM)
NAMES = ("김민준", "Zoë", unicodedata.normalize("NFD", "Zoë"), "a/b\n\"'", "👩‍🚀")


@pytest.fixture
def known() -> Gallery:
    people = {name: [embedding(3, turn, 1)] for turn, name in enumerate(NAMES)}
    known = gallery(people | {"Kim": [embedding(0, 1, 0), embedding(0, 1, 5)]})
    noon = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)
    *others, kim = known.people
    kim = replace(kim, expires_at=noon, consent=Consent("김 씨", noon, "2026-03 ko"))
    return canonical(replace(known, people=(*others, kim)))


@pytest.fixture
def file(known: Gallery, tmp_path: Path) -> Path:
    path = tmp_path / "gallery.safetensors"
    save_gallery(known, path)
    return path


def headed(header: object, body: bytes = b"") -> bytes:
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(content)) + content + body


def parts(content: bytes) -> tuple[dict[str, dict[str, Any]], bytes]:
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def test_everything_comes_back(known: Gallery, file: Path) -> None:
    found = load_gallery(file)
    known, digest = load_known_gallery(file)
    assert (known.people, digest) == (found.people, hashlib.sha256(file.read_bytes()).hexdigest())
    assert found.people == known.people
    assert (found.model_id, found.model_name) == (known.model_id, known.model_name)
    assert found.detector == known.detector
    for name in ("vectors", "norms", "owners", "photos"):
        table, expected = getattr(found, name), getattr(known, name)
        assert table.dtype == expected.dtype
        assert (table == expected).all()
        assert not table.flags.writeable


@pytest.mark.parametrize("scale", [Scale(), S_NORM], ids=str)
def test_its_calibration_comes_back(known: Gallery, tmp_path: Path, scale: Scale) -> None:
    made = calibration(MODEL, scale=scale, threshold=0.5, dimension=3)
    save_gallery(replace(known, calibration=made), tmp_path / "gallery")
    found = load_gallery(tmp_path / "gallery").calibration
    assert found is not None
    assert (found.scale, found.threshold, found.provenance) == (scale, 0.5, made.provenance)
    assert (found.cohort is None) == (made.cohort is None)
    if found.cohort is not None and made.cohort is not None:
        assert (found.cohort.vectors == made.cohort.vectors).all()


def test_a_calibration_of_another_model_is_refused(known: Gallery) -> None:
    with pytest.raises(GalleryError, match="of another model"):
        replace(known, calibration=calibration("e" * 64, scale=Scale(), threshold=0.5))


def test_an_empty_gallery_comes_back(tmp_path: Path) -> None:
    save_gallery(gallery({}), tmp_path / "gallery")
    assert load_gallery(tmp_path / "gallery").people == ()


def test_only_the_owner_can_read_it(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    save_gallery(load_gallery(file), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_is_data_only(file: Path) -> None:
    header, body = parts(file.read_bytes())
    assert set(header) == {
        "__metadata__", "vectors", "norms", "photos", "template_ends",
        "texts", "text_ends", "people", "moments", "groups", "group_ends",
    }  # fmt: skip
    assert len(body) == sum(
        table["data_offsets"][1] - table["data_offsets"][0]
        for name, table in header.items()
        if name != "__metadata__"
    )


def test_every_truncation_is_refused(file: Path) -> None:
    content = file.read_bytes()
    for length in range(len(content)):
        with pytest.raises(GalleryError, match="damaged"):
            parse_gallery(content[:length])


def test_every_flipped_bit_is_noticed(file: Path) -> None:
    content = file.read_bytes()
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(GalleryError):
            parse_gallery(bytes(damaged))


@given(content=st.binary(max_size=64) | st.binary(max_size=64).map(headed))
def test_no_garbage_gets_through(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage"
    path.write_bytes(content)
    with pytest.raises(GalleryError):
        load_gallery(path)


@pytest.mark.parametrize(
    "content",
    [
        headed([]),
        headed(None),
        headed("text"),
        headed({"__metadata__": []}),
        headed({"__metadata__": {"gallery": 1, "sha256": ""}}),
        headed(b"[" * 100_000),
        headed(b'{"a":' * 100_000),
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 2**64 - 1) + b"{}",
        b"\x80\x04\x95" + b"\x00" * 100,
    ],
)
def test_headers_made_to_harm_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "gallery"
    path.write_bytes(content)
    with pytest.raises(GalleryError, match="damaged or no faceidd gallery"):
        load_gallery(path)


def test_a_safetensors_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(save({"weights": np.zeros((2, 2), np.float32)}, metadata={"format": "pt"}))
    with pytest.raises(GalleryError, match="no faceidd gallery"):
        load_gallery(path)


def test_another_schema_is_refused(known: Gallery) -> None:
    header = '{"schema_version":1,"model_id":"a","model_name":"b","detector":"c","version":0,'
    header += '"calibration":null}'
    _, tables = unsealed(KIND, gallery_bytes(known))
    for schema, fault in ((1, "unknown header"), (3, None)):
        text = header.replace('version":1', f'version":{schema}')
        content = b"".join(sealed(KIND, text, tables))
        if fault is None:
            assert parse_gallery(content).people == known.people
            continue
        with pytest.raises(GalleryError, match=fault):
            parse_gallery(content)


def test_what_is_missing_or_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match=r"cannot read.*No such file"):
        load_gallery(tmp_path / "nothing")
    with pytest.raises(GalleryError, match=r"cannot read.*Is a directory"):
        load_gallery(tmp_path)


def test_a_file_larger_than_any_gallery_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "gallery"
    with path.open("wb") as sparse:
        sparse.truncate(2**31)
    with pytest.raises(GalleryError, match="more than any gallery"):
        load_gallery(path)


def test_a_failed_write_leaves_the_old_file(known: Gallery, file: Path) -> None:
    content = file.read_bytes()
    (file.parent / "folder").mkdir()
    for nowhere in (file / "below", file.parent / "none" / "gallery", file.parent / "folder"):
        with pytest.raises(GalleryError, match="cannot write the gallery"):
            save_gallery(known, nowhere)
    assert file.read_bytes() == content
    assert {path.name for path in file.parent.iterdir()} == {file.name, "folder"}


@pytest.mark.parametrize("text", ["", "K" * 201, "Kim\udcff"])
def test_a_consent_that_cannot_be_kept_is_told(file: Path, text: str) -> None:
    old = load_gallery(file)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for consent in (Consent(text, noon, "1"), Consent("Kim", noon, text)):
        people = (replace(old.people[0], consent=consent), *old.people[1:])
        with pytest.raises(GalleryError, match="recorded of a consent"):
            save_gallery(replace(old, people=people), file)


@pytest.mark.parametrize("name", ["", "K" * 201, "Kim\udcff"])
def test_a_name_that_cannot_be_kept_is_told(file: Path, name: str) -> None:
    old = load_gallery(file)
    named = replace(old, people=(Person("someone", name), *old.people[1:]))
    content = file.read_bytes()
    with pytest.raises(GalleryError, match="name"):
        save_gallery(named, file)
    assert file.read_bytes() == content
