"""`faceidd forget`: what it removes, what it says, and where it can be run."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.audited import WallClock, audit_log
from support.kept_people import KeptPeople

from faceidd.audit.record import Draft, Kind
from faceidd.cli.main import main
from faceidd.errors import GalleryError
from faceidd.gallery.file import load_gallery
from faceidd.gallery.revision import find_person

EXTRA = ("jinja2", "matplotlib", "scipy", "tqdm")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptPeople:
    monkeypatch.chdir(tmp_path)
    return KeptPeople(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ["gallery", "show", "Kim"],
        ["gallery", "consent", "Kim", "--text-version", "1"],
        ["gallery", "export", "Kim", "--to", "Kim.zip"],
        ["forget", "Kim", "--cache", "cache"],
    ],
)
def test_no_package_of_the_extra_is_needed(kept: KeptPeople, command: list[str]) -> None:
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({EXTRA!r}))\n"
        "from faceidd.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    whole = [sys.executable, "-c", program, *command, "--gallery", str(kept.gallery)]
    result = subprocess.run(whole, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout


def test_what_is_to_be_looked_at_is_said(
    kept: KeptPeople, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.photos["Kim1"].rename(kept.gallery.with_name("holiday.jpg"))
    kept.photos["Kim2"].unlink()
    kept.photos["Kim2"].mkdir()  # which cannot be unlinked
    note, aside = kept.gallery.with_name("note"), kept.gallery.with_name("aside")
    note.write_text("Kim comes on Monday")
    aside.symlink_to("/proc/self/mem")  # whose first page cannot be read
    command = ["forget", "Kim", "--gallery", str(kept.gallery), "--cache", "cache"]
    assert main(command) == GalleryError.exit_code
    told, error = capsys.readouterr()
    assert f"removed: 1 templates of Kim in {kept.gallery}\n" in told
    assert f"removed: {kept.photos['Kim3']}\n" in told
    assert f"not found: {kept.photos['Kim1']}; if it was moved, remove it by hand\n" in told
    assert f"look at: {note}: it may still name the person or a photo\n" in told
    assert f"look at: {aside}: it could not be looked at: Input/output error\n" in told
    assert f"not all could be removed: {kept.photos['Kim2']}: " in error
    kept.photos["Kim2"].rmdir()
    assert main(command) == 0


def test_what_the_audit_log_goes_on_saying_is_told(
    kept: KeptPeople, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = find_person(load_gallery(kept.gallery), "Kim").id
    clock = WallClock()
    log = audit_log(tmp_path / "audit", clock)
    log.open()
    log.append(Draft(Kind.GRANT, clock(), {"person": person}))
    log.append(Draft(Kind.GRANT, clock(), {"person": "somebody-else"}))
    log.abandon()
    config = tmp_path / "faceidd.yaml"
    config.write_text("audit: {dir: audit, key_file: audit.key}")
    command = ["forget", "Kim", "--gallery", str(kept.gallery), "--cache", "cache"]
    assert main([*command, "--config", str(config)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == (
        f"kept: 1 records of the audit log {tmp_path / 'audit'} name {person}; each is dropped"
        " after 90 days"
    )
