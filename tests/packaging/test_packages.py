"""What the packages put on a board is understood by those who read it there."""

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support.environment import ROOT

from faceidd.daemon.answers import check_answers
from faceidd.models.pack import load_embedder

PACKAGING, SYSTEMD = ROOT / "packaging", ROOT / "systemd"
SCRIPTS = sorted(
    [PACKAGING / "deb.sh"]
    + [file for file in PACKAGING.glob("*/p*") if file.name in {"postinst", "prerm", "postrm"}]
)
UNITS = sorted(file for file in SYSTEMD.iterdir() if file.suffix in {".service", ".timer", ".path"})
PROGRAM = "/usr/bin/faceidd"
VIDEO_ID = 44


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """Folders of a board on which the user was made."""
    if shutil.which("systemd-sysusers") is None:
        pytest.skip("systemd is not installed")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (tmp_path / "etc/group").write_text(f"root:x:0:\nvideo:x:{VIDEO_ID}:\n")
    run("systemd-sysusers", f"--root={tmp_path}", str(SYSTEMD / "sysusers.conf"))
    return tmp_path


def run(*command: str) -> str:
    """Run a command that must go well; give what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: str(file.relative_to(PACKAGING)))
def test_a_script_is_plain_shell_and_stops_at_its_first_fault(script: Path) -> None:
    assert re.match(r"#!/bin/sh\n", script.read_text())
    assert re.search(r"^set -eu?$", script.read_text(), re.MULTILINE)
    assert run("sh", "-n", str(script)) == ""


def test_every_unit_is_known_to_the_scripts() -> None:
    names = {unit.name for unit in UNITS}
    for script in ("postinst", "prerm", "postrm"):
        text = (PACKAGING / "faceidd" / script).read_text()
        assert set(re.findall(r"faceidd(?:-sync)?\.(?:service|timer|path)", text)) == names


def test_every_blank_of_a_package_s_description_is_filled() -> None:
    filled = set(re.findall(r"s/@(\w+)@/", (PACKAGING / "deb.sh").read_text()))
    for control in PACKAGING.glob("*/control"):
        assert set(re.findall(r"@(\w+)@", control.read_text())) <= filled


def test_services_start_the_program_that_the_package_brings() -> None:
    text = "\n".join(unit.read_text() for unit in UNITS)
    started = set(re.findall(r"^Exec(?:Start|StopPost)=(\S+)", text, re.MULTILINE))
    assert started == {PROGRAM}
    assert f'"$1{PROGRAM}"' in (PACKAGING / "deb.sh").read_text()


def test_the_user_may_open_cameras_and_pins(board: Path) -> None:
    groups = {
        name: members
        for name, _, _, members in (
            line.split(":") for line in (board / "etc/group").read_text().splitlines()
        )
    }
    assert groups["video"] == groups["gpio"] == "faceidd"
    assert "faceidd" in groups
    (user,) = re.findall(r"^faceidd:.*$", (board / "etc/passwd").read_text(), re.MULTILINE)
    assert user.endswith(":/var/lib/faceidd:/usr/sbin/nologin")


def test_what_is_kept_of_people_is_the_users_alone(board: Path) -> None:
    config = board / "etc/faceidd/faceidd.yaml"
    config.parent.mkdir()
    config.touch()
    run("systemd-tmpfiles", "--create", f"--root={board}", str(SYSTEMD / "tmpfiles.conf"))
    state = (board / "var/lib/faceidd").stat()
    assert stat.S_IMODE(state.st_mode) == 0o700
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    ids = {line.split(":")[0]: line.split(":")[2] for line in _lines(board / "etc/passwd")}
    assert (str(state.st_uid), config.stat().st_uid) == (ids["faceidd"], 0)


@pytest.mark.parametrize("service", ["faceidd", "faceidd-sync"])
def test_systemd_takes_the_examples_without_a_word(service: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / f"{service}.service"
    unit.write_text((SYSTEMD / unit.name).read_text().replace(PROGRAM, "/bin/true"))
    drop_ins = tmp_path / f"{unit.name}.d"
    drop_ins.mkdir()
    for example in (SYSTEMD / "examples").glob("*.conf"):
        if f"/{unit.name}.d/" in example.read_text():
            shutil.copy(example, drop_ins)
    assert list(drop_ins.iterdir())
    assert run("systemd-analyze", "verify", str(unit)) == ""


def test_a_narrowed_pack_is_whole_and_keeps_its_name(models_dir: Path, tmp_path: Path) -> None:
    pack = tmp_path / "facenet"
    shutil.copytree(models_dir / "facenet", pack, copy_function=lambda a, b: Path(b).hardlink_to(a))
    (pack / "manifest.json").unlink()
    shutil.copy(models_dir / "facenet/manifest.json", pack)
    run(sys.executable, str(PACKAGING / "narrow.py"), str(pack), "int8")
    narrowed = load_embedder(tmp_path, "facenet")
    narrowed.verify()
    check_answers(tmp_path, "facenet")
    whole = load_embedder(models_dir, "facenet").manifest
    assert list(narrowed.manifest.answers) == ["int8"]
    assert narrowed.manifest.model_id("int8") == whole.model_id("int8")
    files = {file.name for file in pack.iterdir()}
    assert files == {"manifest.json", whole.files["int8"].file}


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines()
