"""`faceidd snapshots`, as an admin uses it."""

from pathlib import Path

import pytest
from support.pictured import EVENT, NOON, snapshot

from faceidd.cli.main import main
from faceidd.errors import SnapshotError
from faceidd.events.picture_note import Kind
from faceidd.snapshots.album import Album, AlbumLimits, pictures
from faceidd.snapshots.seal import Seal


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """A folder with a key and an album of three pictures."""
    monkeypatch.chdir(tmp_path)
    assert main(["snapshots", "keygen", "--out", "key"]) == 0
    recipient = capsys.readouterr().out.split()[-1]
    album, seal = Album(tmp_path / "album", AlbumLimits(30, 1_000_000)), Seal(recipient)
    for ago, kind, visit in (
        (3, Kind.STRANGER, "va"), (2, Kind.DENIED, "vb"), (1, Kind.STRANGER, "vc"),
    ):  # fmt: skip
        album.keep(snapshot(ago, kind, visit), seal.close(f"picture {visit}".encode()), NOON)
    return tmp_path


def visits(desk: Path) -> list[str]:
    return [one.snapshot.visit for one in pictures(desk / "album")]


def test_a_list_tells_what_there_is(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "door.yaml").write_text("snapshots: {dir: album}\n")
    assert main(["snapshots", "list", "--config", "door.yaml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[4] for line in lines[:-1]] == ["va", "vb", "vc"]
    assert lines[-1].startswith("3 pictures")
    assert main(["snapshots", "list", "--dir", "album", "--kind", "denied"]) == 0
    assert "vb" in capsys.readouterr().out


def test_pictures_are_shown_and_exported_with_the_key(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["snapshots", "show", "vb", "--dir", "album", "--key", "key"]) == 0
    shown = capsys.readouterr().out
    assert f"event: {EVENT}" in shown
    assert "opened: 10 bytes of JPEG" in shown
    assert main(["snapshots", "export", "--dir", "album", "--key", "key", "--to", "out"]) == 0
    files = sorted((desk / "out").iterdir())
    assert [file.read_text() for file in files] == ["picture va", "picture vb", "picture vc"]
    assert {file.suffix for file in files} == {".jpg"}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        (["va"], ["vb", "vc"]),
        (["--kind", "stranger"], ["vb"]),
        (["--before", NOON.date().isoformat(), "--kind", "stranger"], ["vb"]),
        (["--before", "2026-05-02T13:00+00:00"], ["vc"]),
        (["--all"], []),
    ],
)
def test_what_is_chosen_is_deleted_and_nothing_else(
    desk: Path, chosen: list[str], left: list[str]
) -> None:
    assert main(["snapshots", "delete", "--dir", "album", *chosen]) == 0
    assert visits(desk) == left


@pytest.mark.parametrize(
    "wrong",
    [
        ["delete", "--dir", "album"],
        ["delete", "--dir", "album", "--all", "va"],
        ["delete", "--dir", "album", "nobody"],
        ["delete", "--dir", "album", "--kind", "recognized"],
        ["export", "--dir", "album", "--key", "missing", "--to", "out"],
        ["show", "--dir", "key"],
        ["keygen", "--out", "key"],
    ],
)
def test_what_cannot_be_done_is_told_and_removes_nothing(
    desk: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["snapshots", *wrong]) == SnapshotError.exit_code
    assert capsys.readouterr().err.startswith("faceidd: ")
    assert visits(desk) == ["va", "vb", "vc"]
