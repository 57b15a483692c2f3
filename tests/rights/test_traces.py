"""Traces of a person in files."""

import hashlib
import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from faceidd.rights.traces import CHUNK_BYTES, NAMES, find_traces

DIGEST = hashlib.sha256(b"a photo").hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        b'{"person": "\xea\xb9\x80"}',
        json.dumps({"person": "김"}).encode(),
        unicodedata.normalize("NFD", "김").encode(),
        "김".encode("utf-16"),
        b"x" + "김".encode("utf-32-le"),
        bytes.fromhex(DIGEST),
        b"..." + DIGEST.encode() + b"...",
        np.array([DIGEST]).tobytes(),
    ],
)
def test_a_name_and_a_digest_are_found_however_they_are_written(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "deep" / ".hidden"
    file.parent.mkdir()
    file.write_bytes(content)
    (tmp_path / "other").write_bytes(b"nothing of them")
    assert find_traces([tmp_path, tmp_path / "gone"], "김", [DIGEST]) == [(file, NAMES)]


@pytest.mark.parametrize("name", ["Kim/1.jpg", "Kim12.jpg", "Kim_2.png", "holiday/Kim (3).png"])
def test_a_file_may_be_named_after_them(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"picture")
    assert find_traces([tmp_path], "Kim", []) == [(file, NAMES)]


def test_a_longer_name_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"person": "Kimberly"}')
    (tmp_path / "Kimberly1.jpg").write_bytes(b"Kim")  # a picture's bytes are no text
    assert find_traces([tmp_path], "Kim", []) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-32-le"])
@pytest.mark.parametrize("before", range(-36, 4, 3))
def test_what_lies_across_two_pieces_is_found(tmp_path: Path, before: int, encoding: str) -> None:
    file = tmp_path / "log"
    filled = "." * ((CHUNK_BYTES + before) // len(".".encode(encoding)))
    file.write_bytes(f"{filled}Kim{filled}".encode(encoding))
    assert find_traces([tmp_path], "Kim", []) == [(file, NAMES)]
    file.write_bytes(f"{filled}Kimberly, AKim{filled}".encode(encoding))
    assert find_traces([tmp_path], "Kim", []) == []


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "aside").symlink_to("/proc/self/mem")  # its first page is nobody's
    (tmp_path / "note").write_text("Kim")
    broken, note = find_traces([tmp_path], "Kim", [])
    assert broken == (tmp_path / "aside", "it could not be looked at: Input/output error")
    assert note == (tmp_path / "note", NAMES)


def test_model_packs_hold_nobody(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "blazeface").symlink_to(models_dir / "blazeface")
    assert find_traces([tmp_path / "blazeface"], "blazeface", []) == []
    (tmp_path / "manifest.json").write_text("no pack: Kim")
    assert find_traces([tmp_path], "Kim", []) == [(tmp_path / "manifest.json", NAMES)]
