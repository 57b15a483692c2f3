"""Files that survive a power cut whole."""

import errno
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from faceidd.durable import create_file, replace_file, sync_folder


@pytest.mark.parametrize("content", [b"", b"new", bytes(1 << 20)])
def test_the_file_holds_what_was_written(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")
    replace_file(path, content)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_the_mode_is_exact_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.touch(0o777)
    before = os.umask(0o077)
    try:
        replace_file(path, b"new", mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_nobody_else_may_read_it_unless_told(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"secret")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Every read while the file is replaced gives one whole content."""
    path = tmp_path / "file"
    contents = [bytes([value]) * 100_000 for value in range(40)]
    replace_file(path, contents[0])
    seen = set()
    done = threading.Event()

    def read() -> None:
        while True:
            seen.add(path.read_bytes())
            if done.is_set():
                break

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for content in contents:
            replace_file(path, content)
    finally:
        done.set()
        reader.join()
    assert seen <= set(contents)


def test_who_has_the_old_file_open_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")
    with path.open("rb") as old:
        replace_file(path, b"new")
        assert old.read() == b"old"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "old").write_bytes(b"old")
    with pytest.raises(IsADirectoryError):
        replace_file(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["target"]
    assert (target / "old").read_bytes() == b"old"


@pytest.mark.parametrize("fails", ["fsync", "fchmod"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, fails, full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "none" / "file", b"new")
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        sync_folder(tmp_path / "file")


def test_content_is_on_the_disk_before_it_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")
    real = os.fsync
    states = []

    def watched(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        states.append(("folder" if folder else "file", path.read_bytes()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    replace_file(path, b"new")
    assert states == [("file", b"old"), ("folder", b"new")]


def test_content_may_come_in_parts(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", [b"one", memoryview(b"two")])
    assert (tmp_path / "file").read_bytes() == b"onetwo"

    def broken() -> Iterator[bytes]:
        yield b"three"
        raise KeyError

    with pytest.raises(KeyError):
        replace_file(tmp_path / "file", broken())
    assert (tmp_path / "file").read_bytes() == b"onetwo"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    create_file(tmp_path / "file", b"first")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "file", b"second")
    assert (tmp_path / "file").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
