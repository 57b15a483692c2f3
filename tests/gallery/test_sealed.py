"""Sealed tables: what comes back, and every way in which a file may not be what it says."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from faceidd.gallery.sealed import DAMAGES, Tables, TooLargeError, read_bounded, sealed, unsealed

HEADER = '{"of": "owls"}'


def tables() -> Tables:
    return {
        "vectors": np.arange(12, dtype=np.float32).reshape(4, 3),
        "owners": np.array([0, 1, 1, 2], np.int64),
    }


def test_header_and_tables_come_back() -> None:
    header, found = unsealed("owls", sealed("owls", HEADER, tables()))
    assert header == HEADER
    assert found.keys() == tables().keys()
    for name, table in tables().items():
        assert found[name].dtype == table.dtype
        assert (found[name] == table).all()


def test_there_may_be_no_tables() -> None:
    assert unsealed("owls", sealed("owls", HEADER, {})) == (HEADER, {})


def test_the_order_of_tables_does_not_matter() -> None:
    backwards = dict(reversed(tables().items()))
    header, found = unsealed("owls", sealed("owls", HEADER, backwards))
    assert header == HEADER
    assert all((found[name] == table).all() for name, table in tables().items())


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="it holds no cats"):
        unsealed("cats", sealed("owls", HEADER, tables()))
    with pytest.raises(ValueError, match="it holds no owls"):
        unsealed("owls", save(tables()))
    with pytest.raises(ValueError, match="it holds no owls"):
        unsealed("owls", save(tables(), metadata={"owls": HEADER}))


def edited(change: Tables) -> bytes:
    """A file whose tables are not those that its digest is of."""
    content = sealed("owls", HEADER, tables())
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length])["__metadata__"]
    return save({**load(content), **change}, metadata=metadata)


@pytest.mark.parametrize(
    "change",
    [
        {"vectors": np.zeros((4, 3), np.float32)},
        {"vectors": np.arange(12, dtype=np.float32).reshape(3, 4)},
        {"owners": np.array([0, 1, 1, 2], np.uint64)},
        {"more": np.zeros(1, np.float32)},
    ],
    ids=["values", "shape", "type", "one more"],
)
def test_an_edited_table_is_refused(change: Tables) -> None:
    assert unsealed("owls", edited({}))[0] == HEADER
    with pytest.raises(ValueError, match="does not fit its digest"):
        unsealed("owls", edited(change))


def test_an_edited_header_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit its digest"):
        unsealed("owls", sealed("owls", HEADER, tables()).replace(b'owls\\"}', b'cats\\"}'))


@given(st.data())
def test_any_changed_or_missing_byte_is_damage(data: st.DataObject) -> None:
    content = bytearray(sealed("owls", HEADER, tables()))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DAMAGES):
        unsealed("owls", bytes(content))
    with pytest.raises(DAMAGES):
        unsealed("owls", bytes(content[:at]))


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_bytes(b"12345")
    assert read_bounded(file, 5) == b"12345"
    with pytest.raises(TooLargeError, match="5 bytes") as caught:
        read_bounded(file, 4)
    assert caught.value.size == 5
    with pytest.raises(FileNotFoundError):
        read_bounded(tmp_path / "two", 5)
