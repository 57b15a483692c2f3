"""The packages' own scripts, on a board whose folders are a temporary one's.

What they call of the system is played by commands that write down how they were called; what they
do to files is real.
"""

import getpass
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.environment import ROOT

PACKAGING = ROOT / "packaging"
FOLDERS = re.compile(r"(?<![\w}])/(?=(?:etc|run|srv|usr|var)/)")
SYSTEM = (
    *("deb-systemd-helper", "deb-systemd-invoke", "faceidd", "py3clean", "py3compile"),
    *("systemctl", "systemd-sysusers", "systemd-tmpfiles", "udevadm"),
)
STATE, PACKS = "var/lib/faceidd", "usr/share/faceidd/models"
RELEASE = "faceidd door release"


class Board:
    """Folders of a board, and what its scripts called."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.user = getpass.getuser()
        self._commands = root / "commands"
        for folder in (STATE, PACKS, "etc/faceidd", "run/systemd/system", "commands"):
            (root / folder).mkdir(parents=True)
        for name in SYSTEM:
            self.answer(name, 0)
        # As who runs the test.
        self._write("runuser", 'shift 3\nexec "$@"')

    def answer(self, name: str, code: int, word: str = "") -> None:
        """Have a command end with a code: always, or where a word is among its arguments."""
        told = f'echo "{name} $*" >> {self.root}/calls\n'
        self._write(name, told + f'case "$*" in *"{word}"*) exit {code} ;; esac')

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script as dpkg does, with the board's folders in the place of the machine's."""
        text = FOLDERS.sub(f"{self.root}/", (PACKAGING / script).read_text())
        text = text.replace("= faceidd ]", f"= {self.user} ]")
        (self.root / "calls").write_text("")
        return subprocess.run(
            ["sh", "-s", *arguments],
            input=text,
            env={**os.environ, "PATH": f"{self._commands}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """What the last script called, in order."""
        return (self.root / "calls").read_text().splitlines()

    def _write(self, name: str, lines: str) -> None:
        file = self._commands / name
        file.write_text(f"#!/bin/sh\n{lines}\n")
        file.chmod(0o755)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


@pytest.fixture
def pack(board: Board) -> Path:
    """A pack that the package brings; its manifest comes before the model in its folder."""
    pack = board.root / PACKS / "facenet"
    pack.mkdir()
    (pack / "manifest.json").write_text("one")
    (pack / "weights.tflite").write_text("of one")
    return pack


def test_a_pack_is_copied_whole(board: Board, pack: Path) -> None:
    assert board.run("faceidd-models/postinst", "configure").returncode == 0
    assert _files(board.root / STATE / "models/facenet") == _files(pack)


def test_a_pack_whose_copy_broke_off_is_copied_again(board: Board, pack: Path) -> None:
    weights = pack / "weights.tflite"
    weights.rename(board.root / "away")
    weights.symlink_to("nowhere")
    assert board.run("faceidd-models/postinst", "configure").returncode != 0
    assert not (board.root / STATE / "models/facenet/manifest.json").exists()
    (board.root / "away").replace(weights)
    assert board.run("faceidd-models/postinst", "configure").returncode == 0
    assert _files(board.root / STATE / "models/facenet") == _files(pack)


def test_another_model_is_kept_and_named(board: Board, pack: Path) -> None:
    theirs = board.root / STATE / "models/facenet"
    shutil.copytree(pack, theirs)
    (theirs / "manifest.json").write_text("another")
    done = board.run("faceidd-models/postinst", "configure")
    assert (done.returncode, done.stdout) == (0, f"faceidd-models: {theirs} differs and is kept\n")
    assert (theirs / "manifest.json").read_text() == "another"


@pytest.mark.parametrize("failed", [True, False])
def test_an_upgrade_tries_a_failed_service_again(board: Board, failed: bool) -> None:
    board.answer("systemctl", 0 if failed else 1, "is-failed")
    assert board.run("faceidd/postinst", "configure", "0.1.0").returncode == 0
    action = "restart" if failed else "try-restart"
    assert f"deb-systemd-invoke {action} faceidd.service" in board.calls()


def test_an_installation_starts_nothing(board: Board) -> None:
    done = board.run("faceidd/postinst", "configure", "")
    assert done.returncode == 0
    assert "enable --now faceidd" in done.stdout
    assert not [call for call in board.calls() if call.startswith("deb-systemd-invoke")]


def test_a_removal_leaves_the_pins_to_the_service_it_stops(board: Board) -> None:
    board.answer("systemctl", 3, "is-active")
    done = board.run("faceidd/prerm", "remove")
    assert (done.returncode, done.stderr) == (0, "")
    assert RELEASE not in board.calls()
    assert [call for call in board.calls() if call.startswith("deb-systemd-invoke stop")]


@pytest.mark.parametrize("rests", [True, False])
def test_a_lost_unit_is_removed_with_the_pins_at_rest(board: Board, rests: bool) -> None:
    board.answer("systemctl", 3, "is-active")
    board.answer("deb-systemd-invoke", 5)
    board.answer("faceidd", 0 if rests else 6)
    done = board.run("faceidd/prerm", "remove")
    assert done.returncode == 0
    assert RELEASE in board.calls()
    assert ("see that the door is locked" in done.stderr) is not rests


def test_a_service_that_may_not_be_stopped_is_told(board: Board) -> None:
    done = board.run("faceidd/prerm", "remove")
    assert done.returncode == 0
    assert "systemctl stop faceidd" in done.stderr
    assert RELEASE not in board.calls()


@pytest.mark.parametrize("linked", [True, False])
def test_a_purge_removes_everybody(board: Board, linked: bool) -> None:
    state = board.root / STATE
    if linked:
        state.rename(board.root / "disk")
        state.symlink_to(board.root / "disk")
    (state / "keys").mkdir()
    (state / "keys/transport.key").write_text("secret")
    done = board.run("faceidd/postrm", "purge")
    assert (done.returncode, done.stderr) == (0, "")
    assert not [file for file in board.root.rglob("*") if file.name == "transport.key"]
    assert not os.path.lexists(state)
    assert not (board.root / "etc/faceidd").exists()


def test_a_purge_empties_nobody_elses_folder_and_says_so(board: Board) -> None:
    (board.root / STATE / "theirs").touch()
    board.user = "another"
    done = board.run("faceidd/postrm", "purge")
    assert done.returncode == 0
    assert f"{board.root / STATE} is not empty" in done.stderr
    assert (board.root / STATE / "theirs").exists()


def test_a_removal_keeps_everybody(board: Board) -> None:
    (board.root / STATE / "gallery.safetensors").touch()
    assert board.run("faceidd/postrm", "remove").returncode == 0
    assert (board.root / STATE / "gallery.safetensors").exists()


def _files(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}
