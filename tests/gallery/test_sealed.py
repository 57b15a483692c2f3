"""Sealed tables: what comes back, and every way in which a file may not be what it says."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from faceidd.gallery import sealed as module
from faceidd.gallery.sealed import DAMAGES, Tables, unsealed

HEADER = '{"of": "owls"}'


def sealed(kind: str, header: str, of: Tables) -> bytes:
    return b"".join(module.sealed(kind, header, of))


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


def test_the_order_of_tables_is_kept() -> None:
    backwards = dict(reversed(tables().items()))
    header, found = unsealed("owls", sealed("owls", HEADER, backwards))
    assert header == HEADER
    assert list(found) == ["owners", "vectors"]
    assert all((found[name] == table).all() for name, table in tables().items())


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="it holds no cats"):
        unsealed("cats", sealed("owls", HEADER, tables()))
    with pytest.raises(ValueError, match="it holds no owls"):
        unsealed("owls", save(tables(), metadata={"owls": HEADER}))
    with pytest.raises(DAMAGES):
        unsealed("owls", save(tables()))


def test_any_safetensors_reader_opens_it() -> None:
    found = load(sealed("owls", HEADER, tables()))
    assert found.keys() == tables().keys()
    assert all((found[name] == table).all() for name, table in tables().items())


def test_the_tables_begin_at_a_cache_line() -> None:
    content = sealed("owls", HEADER, tables())
    assert (8 + int.from_bytes(content[:8], "little")) % 64 == 0


def test_tables_are_views_that_cannot_be_written() -> None:
    content = bytearray(sealed("owls", HEADER, tables()))
    for table in unsealed("owls", memoryview(content))[1].values():
        assert np.shares_memory(table, np.frombuffer(content, np.uint8))
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 0


def edited(change: Tables) -> bytes:
    """A file whose tables are not those that its checksum is of."""
    content = sealed("owls", HEADER, tables())
    return rewritten(sealed("owls", HEADER, tables() | change), checksum=outline(content)[1])


def outline(content: bytes) -> tuple[dict[str, dict[str, object]], str]:
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    return header, header["__metadata__"]["checksum"]


def rewritten(content: bytes, *, checksum: str) -> bytes:
    return content.replace(outline(content)[1].encode(), checksum.encode())


@pytest.mark.parametrize(
    "change",
    [
        {"vectors": np.zeros((4, 3), np.float32)},
        {"vectors": np.arange(12, dtype=np.float32).reshape(3, 4)},
        {"owners": np.array([0, 1, 1, 2], np.int32)},
        {"more": np.zeros(1, np.float32)},
    ],
    ids=["values", "shape", "type", "one more"],
)
def test_an_edited_table_is_refused(change: Tables) -> None:
    assert unsealed("owls", edited({}))[0] == HEADER
    with pytest.raises(ValueError, match="does not fit its checksum"):
        unsealed("owls", edited(change))


def test_an_edited_header_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit its checksum"):
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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"shape":[4,3]', b'"shape":[3,4]'),
        (b'"shape":[4,3]', b'"shape":[5,3]'),
        (b'"shape":[4,3]', b'"shape":[-4,-3]'),
        (b'"shape":[4,3]', b'"shape":[4,3.0]'),
        (b'"shape":[4,3]', b'"shape":[9007199254740993,9007199254740993]'),
        (b'"shape":[4,3]', b'"shape":[4,3,1]'),
        (b'"dtype":"F32"', b'"dtype":"I32"'),
        (b'"dtype":"F32"', b'"dtype":"F64"'),
        (b'"data_offsets":[0,48]', b'"data_offsets":[0,32]'),
        (b'"vectors"', b'"owners"'),
        (b'"vectors"', b'"zectors"'),
        (b'{"__metadata__"', b' {"__metadata__"'),
    ],
)
def test_a_header_that_is_not_as_it_is_written_is_refused(old: bytes, new: bytes) -> None:
    content = sealed("owls", HEADER, tables())
    length = int.from_bytes(content[:8], "little")
    head = content[8 : 8 + length].rstrip()
    assert old in head
    head = head.replace(old, new)
    head += b" " * (-(8 + len(head)) % 64)
    with pytest.raises(DAMAGES):
        unsealed("owls", len(head).to_bytes(8, "little") + head + content[8 + length :])
