"""Reading files whole."""

from pathlib import Path

import pytest

from faceidd.gallery.reading import PART, TooLargeError, in_parts, read_bounded


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_bytes(b"12345")
    assert bytes(read_bounded(file, 5)) == b"12345"
    with pytest.raises(TooLargeError, match="5 bytes") as caught:
        read_bounded(file, 4)
    assert caught.value.size == 5
    with pytest.raises(FileNotFoundError):
        read_bounded(tmp_path / "two", 5)
    file.write_bytes(b"")
    assert bytes(read_bounded(file, 5)) == b""


def test_a_large_file_is_read_in_parts(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as sparse:
        for part in range(3):
            sparse.seek(part * PART)
            sparse.write(b"%d" % part)
    content = read_bounded(file, 1 << 30)
    assert len(content) == 2 * PART + 1
    assert bytes(content[::PART]) == b"012"
    assert not any(content[1:PART:4099])


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 25, 30])
def test_every_byte_is_in_one_part(size: int) -> None:
    seen: list[int] = []

    def do(begin: int, end: int) -> int:
        seen.extend(range(begin, end))
        return end - begin

    assert in_parts(do, size, part=10) == size
    assert sorted(seen) == list(range(size))
