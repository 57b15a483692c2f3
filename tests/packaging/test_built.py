"""What `make deb` has built is what a board shall have, and runs."""

import re
import subprocess
import tarfile
from pathlib import Path

import pytest
from support.environment import ROOT

PACKAGING, BUILT = ROOT / "packaging", ROOT / "var/deb"
PYTHON = "/usr/bin/python3"
"""The distribution's own, which a package is made for."""

RUN = """import sys
sys.path.insert(0, sys.argv.pop(1))
from faceidd.cli.main import main
sys.exit(main())
"""
PROGRAM = "usr/lib/faceidd/bin/faceidd"
SCRIPTS = {"faceidd": {"postinst", "prerm", "postrm"}, "faceidd-models": {"postinst"}}
PACKS = {"blazeface", "facenet", "mtcnn"}

pytestmark = pytest.mark.packages


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that both packages bring."""
    folder = tmp_path_factory.mktemp("board")
    for name in SCRIPTS:
        run("dpkg-deb", "--extract", str(package(name)), str(folder))
    return folder


def package(name: str) -> Path:
    """The one package of this name."""
    (file,) = BUILT.glob(f"{name}_*.deb")
    return file


def run(*command: str) -> str:
    """Run a command that must go well; give what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_file_is_roots_and_only_the_program_is_one(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "files.tar"
    with archive.open("wb") as out:
        subprocess.run(["dpkg-deb", "--fsys-tarfile", package(name)], stdout=out, check=True)
    with tarfile.open(archive) as members:
        files = [member for member in members if not member.issym()]
    assert {(file.uname, file.gname) for file in files} == {("root", "root")}
    assert {file.mode for file in files if file.isdir()} == {0o755}
    modes = {file.name.removeprefix("./"): file.mode for file in files if file.isfile()}
    assert modes.pop(PROGRAM, 0o755) == 0o755
    assert set(modes.values()) == {0o644}
    assert not [file for file in modes if file.endswith((".exe", ".pyc"))]
    assert not [file for file in modes if re.search("/(?:tests|calibration)/", file)]
    settings = {f"/{file}" for file in modes if file.startswith("etc/")}
    assert settings == ({"/etc/faceidd/faceidd.yaml"} if name == "faceidd" else set())


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_says_of_itself_what_the_sources_say(name: str, tmp_path: Path) -> None:
    run("dpkg-deb", "--control", str(package(name)), str(tmp_path))
    described = (tmp_path / "control").read_text()
    assert "@" not in described.replace("root@localhost", "")
    assert re.search(r"^Version: [0-9.]+\+[0-9]{8}\.[0-9]{6}(~deb1[23])?$", described, re.MULTILINE)
    scripts = {file.name for file in tmp_path.iterdir()} - {"control", "md5sums", "conffiles"}
    assert scripts == SCRIPTS[name]
    for script in scripts:
        assert (tmp_path / script).read_text() == (PACKAGING / name / script).read_text()
    if name == "faceidd":
        assert (tmp_path / "conffiles").read_text() == "/etc/faceidd/faceidd.yaml\n"


def test_the_program_runs_with_what_is_packed_and_nothing_else(board: Path) -> None:
    (libraries,) = (board / "usr/lib/faceidd/lib").glob("python3.*/site-packages")
    packs = board / "usr/share/faceidd/models"
    assert {pack.name for pack in packs.iterdir()} == PACKS
    arguments = ("model", "verify", "--models", str(packs))
    said = run(PYTHON, "-I", "-S", "-B", "-c", RUN, str(libraries), *arguments)
    assert said.count("verified") == len(PACKS)


def test_units_lie_where_systemd_looks(board: Path) -> None:
    units = {file.name for file in (ROOT / "systemd").glob("faceidd*.*")}
    assert {file.name for file in (board / "usr/lib/systemd/system").iterdir()} == units
