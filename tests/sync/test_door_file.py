import base64
import hashlib
import json
from pathlib import Path

import pytest
from support.stored import door_file

from faceidd.errors import SyncError
from faceidd.sync.door_file import MOST_BYTES, load_door_file, save_door_file


def test_a_door_comes_back_as_it_was_written(tmp_path: Path) -> None:
    door, path = door_file(), tmp_path / "front.door.json"
    save_door_file(door, path)
    assert load_door_file(path) == door
    written = json.loads(path.read_bytes())
    assert list(written) == [
        "schema", "door", "recipient", "model_id", "model_name", "signing_key"
    ]  # fmt: skip
    assert written["schema"] == "faceidd.door/1"
    assert door.fingerprint == hashlib.sha256(written["recipient"].encode()).hexdigest()[:32]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", "faceidd.door/2"),
        ("door", "front/+"),
        ("door", "front\n"),
        ("recipient", "age1qqqq"),
        pytest.param("recipient", door_file().recipient.upper(), id="recipient-upper"),
        ("model_id", "A" * 64),
        ("model_name", "a\nb"),
        ("signing_key", base64.b64encode(bytes(31)).decode()),
        ("signing_key", "ä"),
        ("more", "x"),
    ],
)
def test_what_is_no_door_is_refused(tmp_path: Path, field: str, value: str) -> None:
    path = tmp_path / "front.door.json"
    content = json.loads(door_file().model_dump_json(by_alias=True))
    path.write_text(json.dumps(content | {field: value}))
    with pytest.raises(SyncError, match="is no door's file"):
        load_door_file(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 9999, b" " * (MOST_BYTES + 1)])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "front.door.json"
    path.write_bytes(content)
    with pytest.raises(SyncError, match="is no door's file"):
        load_door_file(path)


def test_a_missing_file_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(SyncError, match="No such file"):
        load_door_file(tmp_path / "none")
    with pytest.raises(SyncError, match="No such file"):
        save_door_file(door_file(), tmp_path / "none" / "front.door.json")
