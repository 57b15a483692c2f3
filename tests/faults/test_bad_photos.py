"""Ten kinds of bad input to `faceidd enroll folder`: each is told, none touches the old gallery."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.photo_files import alone, both, nobody, write
from support.portraits import EILEEN, GRACE, Visitor, scene

from faceidd.cli.main import main
from faceidd.gallery.file import load_gallery

UNBOUND = "-dac_override,-dac_read_search"
"""The rights by which root reads what it may not read, taken away."""

Spoil = Callable[[Path], object]


class Desk:
    """Photos, and a gallery of an earlier enrollment."""

    def __init__(self, folder: Path, models: Path, old: bytes) -> None:
        self.photos, self.gallery = folder / "photos", folder / "door.gallery"
        self.models, self.old = models, old
        self.gallery.write_bytes(old)
        write(self.photos / "Eileen1.png", alone())

    @property
    def command(self) -> list[str]:
        command = ["enroll", "folder", str(self.photos), "--models", str(self.models)]
        return [*command, "--gallery", str(self.gallery), "--replace"]

    @property
    def is_as_before(self) -> bool:
        return self.gallery.read_bytes() == self.old


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> bytes:
    folder = tmp_path_factory.mktemp("old")
    write(folder / "photos" / "Ada1.png", alone(GRACE))
    gallery = folder / "door.gallery"
    command = ["enroll", "folder", str(folder / "photos"), "--models", str(models_dir)]
    assert main([*command, "--gallery", str(gallery)]) == 0
    return gallery.read_bytes()


@pytest.fixture
def desk(tmp_path: Path, models_dir: Path, old: bytes) -> Desk:
    return Desk(tmp_path, models_dir, old)


def five_faces() -> list[Visitor]:
    return [Visitor(GRACE if n % 2 else EILEEN, 110, (120 * n + 80, 240)) for n in range(5)]


def huge() -> bytes:
    """A PNG of 100 megapixels, whole."""
    return cv2.imencode(".png", np.zeros((10_000, 10_000), np.uint8))[1].tobytes()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("Kim1.jpg", b"text, not a picture", "is no readable image"),
        ("Kim1.jpg", cv2.imencode(".jpg", alone())[1].tobytes()[:20_000], "is no readable image"),
        ("Kim1.png", huge(), "is larger than the 50 megapixels"),
        ("Kim1.png", cv2.imencode(".png", nobody())[1].tobytes(), "shows no face large enough"),
        (
            "Kim1.png",
            cv2.imencode(".png", scene(*five_faces()))[1].tobytes(),
            "shows several faces of like size",
        ),
        ("K" * 240 + "1.jpg", b"", "longer than 200 letters"),
    ],
    ids=["text", "torn", "100 megapixels", "no face", "five faces", "long name"],
)
def test_a_bad_photo_is_told(
    desk: Desk, name: str, content: bytes, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.photos / name).write_bytes(content)
    assert main(desk.command) == 7
    assert says in capsys.readouterr().err
    assert desk.is_as_before


def test_a_jpeg_of_100_megapixels_is_read(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    large = np.zeros((10_000, 10_000, 3), np.uint8)
    large[2000:8000, 1000:9000] = cv2.resize(alone(EILEEN, 160), (8000, 6000))
    (desk.photos / "Eileen1.png").unlink()
    (desk.photos / "Eileen2.jpg").write_bytes(cv2.imencode(".jpg", large)[1].tobytes())
    assert main(desk.command) == 0
    assert "enrolled 1 people from 1 photos" in capsys.readouterr().out


def test_an_empty_folder_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (desk.photos / "Eileen1.png").unlink()
    assert main(desk.command) == 7
    assert "holds no photos" in capsys.readouterr().err
    assert desk.is_as_before


def test_names_of_any_language_are_enrolled(desk: Desk) -> None:
    write(desk.photos / "김민준" / "김민준1.png", alone(EILEEN, 150))
    write(desk.photos / "😀 Zoë1.png", alone(GRACE, 150))
    assert main(desk.command) == 0
    names = {person.name for person in load_gallery(desk.gallery).people}
    assert names == {"Eileen", "김민준", "😀 Zoë"}


def test_a_photo_of_two_is_told_beside_all_others(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    write(desk.photos / "Kim1.png", both(150, 140))
    write(desk.photos / "Kim2.png", alone(GRACE))
    assert main([*desk.command, "--skip-bad"]) == 0
    told = capsys.readouterr().out
    assert f"left out: {desk.photos / 'Kim1.png'} shows several faces" in told
    assert "left out 1 of 3 photos: many_faces 1" in told


def bound_by_permissions(desk: Desk) -> subprocess.CompletedProcess[str]:
    """Run the command as a user whom files' permissions bind, as they do not bind root."""
    bound = [] if os.getuid() else ["setpriv", f"--bounding-set={UNBOUND}"]
    return subprocess.run(
        [*bound, sys.executable, "-m", "faceidd", *desk.command],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("what", ["Kim1.png", "Kim"])
def test_what_may_not_be_read_is_told(desk: Desk, what: str) -> None:
    write(desk.photos / ("Kim1.png" if what == "Kim1.png" else "Kim/1.png"), alone(GRACE))
    (desk.photos / what).chmod(0)
    done = bound_by_permissions(desk)
    assert done.returncode == 7, done.stderr
    says = "may not be read by this user" if what == "Kim1.png" else "cannot be listed: Permission"
    assert f"{desk.photos / what}" in done.stderr
    assert says in done.stderr
    assert desk.is_as_before


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system that has room for the old gallery, and for no more."""
    if os.getuid():
        pytest.skip("only root can mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_told(
    desk: Desk, full_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.gallery = full_disk / "door.gallery"
    desk.gallery.write_bytes(desk.old)
    (full_disk / "filler").write_bytes(bytes(4096))
    assert main(desk.command) == 6
    told = capsys.readouterr().err
    assert f"cannot write the gallery {desk.gallery}: No space left on device" in told
    assert desk.is_as_before
    assert sorted(file.name for file in full_disk.iterdir()) == ["door.gallery", "filler"]


def test_a_full_disk_takes_no_half_photo(
    desk: Desk, full_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = full_disk / "photos"
    command = ["enroll", "augment", str(desk.photos), "--into", str(photos), "--count", "3"]
    assert main(command) == 7
    assert "No space left on device" in capsys.readouterr().err
    assert [file for file in photos.rglob("*") if file.is_file()] == []
