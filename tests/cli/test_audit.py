"""`faceidd audit`: what it finds, shows and hands over, and its exit codes."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from support.audited import KEY, WallClock, audit_log, grant, write_log

from faceidd.audit.export import README
from faceidd.audit.record import Kind
from faceidd.cli.audit import KINDS
from faceidd.cli.main import main
from faceidd.errors import AuditError, ConfigError
from faceidd.events.command_key import load_key, save_key

CODE = AuditError.exit_code


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A door's configuration, its key, and a log of two days with five records each."""
    monkeypatch.chdir(tmp_path)
    save_key(KEY, tmp_path / "audit.key")
    clock = WallClock()
    write_log(tmp_path / "log", 5, clock)
    clock.pass_by(days=1)
    write_log(tmp_path / "log", 5, clock)
    file = tmp_path / "faceidd.yaml"
    file.write_text("audit:\n  dir: log\n  key_file: audit.key\n")
    return file


def run(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["audit", *words])
    told, error = capsys.readouterr()
    return code, told, error


def test_the_help_and_the_documentation_name_each_kind_of_record() -> None:
    assert set(KINDS) == set(Kind)
    documented = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    rows = [line.split("|")[1] for line in documented.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(Kind)


def test_a_sound_log_is_told_as_that(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told, _ = run("verify", "--config", str(config), capsys=capsys)
    assert code == 0
    assert told == (
        f"{config.parent / 'log'}: 10 records in 2 files are as they were written, 1 to 10;"
        " signed to record 10\n"
    )


def test_a_change_is_told_with_file_line_and_record(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = sorted((config.parent / "log").glob("*.jsonl"))[1]
    second.write_bytes(second.read_bytes().replace(b'"person":"p2"', b'"person":"p3"'))
    code, told, error = run("verify", "--config", str(config), capsys=capsys)
    assert code == CODE
    assert told == f"{second.name}:3: record 8: edited: the line is not what was written\n"
    assert "is not as the door wrote it: 1 findings" in error


def test_a_witness_and_a_key_are_taken_from_elsewhere(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = str(config.parent / "log")
    _, head, _ = run("head", log, capsys=capsys)
    assert head.startswith("10:")
    words = ["verify", log, "--key", KEY.public_key, "--witness"]
    code, told, _ = run(*words, head.strip(), capsys=capsys)
    assert (code, told.splitlines()[-1]) == (0, "it holds what the witness saw")
    code, told, _ = run(*words, f"11:{'a' * 64}", capsys=capsys)
    assert (code, "no_witness" in told) == (CODE, True)
    code, _, error = run(*words, "11", capsys=capsys)
    assert (code, "is no witness" in error) == (CODE, True)
    code, _, error = run("verify", log, "--config", "absent.yaml", capsys=capsys)
    assert code == CODE
    assert "public key is not known here" in error


def test_records_are_shown_as_asked(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["show", "--config", str(config)]
    _, told, _ = run(*words, "--person", "p2", capsys=capsys)
    first, second = told.splitlines()
    assert first.startswith("2026-11-25 12:00:02Z       3 front grant         visit=")
    assert "person=p2 reason=recognized rule=doors.front.allow" in first
    assert second.startswith("2026-11-26 12:00:07Z       8 front grant")
    _, told, _ = run(*words, "--since", "2026-11-26T00:00+00:00", "--json", capsys=capsys)
    assert [json.loads(line)["seq"] for line in told.splitlines()] == [6, 7, 8, 9, 10]
    until = "2026-11-25T12:00:02+00:00"
    _, told, _ = run(*words, "--until", until, "--kind", "grant", capsys=capsys)
    assert len(told.splitlines()) == 2
    for nothing in (["--kind", "deny"], ["--door", "back"]):
        assert run(*words, *nothing, capsys=capsys) == (0, "", "")


def test_an_export_is_verified_without_the_door(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = config.parent / "days.zip"
    words = ["export", "--config", str(config), "--to", str(file)]
    code, told, _ = run(*words, "--until", "2026-11-25", capsys=capsys)
    assert (code, told.splitlines()[0]) == (
        0,
        f"written: {file}, 1 files of 2026-11-25 to 2026-11-25",
    )
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        assert KEY.public_key in archive.read(README).decode()
    code, told, _ = run("verify", str(file), "--key", KEY.public_key, capsys=capsys)
    assert (code, "5 records in 1 files are as they were written, 1 to 5" in told) == (0, True)
    assert run(*words, capsys=capsys)[0] == CODE  # never over another file
    _, told, _ = run("show", str(file), "--json", capsys=capsys)
    assert len(told.splitlines()) == 5


def test_an_export_of_which_something_is_missing_is_found(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, less = config.parent / "days.zip", config.parent / "less.zip"
    run("export", "--config", str(config), "--to", str(file), capsys=capsys)
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(less, "w") as part:
        for name in whole.namelist():
            if name != "000000000006-2026-11-26.jsonl":
                part.writestr(name, whole.read(name))
    code, told, _ = run("verify", str(less), "--key", KEY.public_key, capsys=capsys)
    assert code == CODE
    assert "000000000006-2026-11-26.jsonl: record 6 to 10: removed: the file is gone" in told


def test_records_that_are_not_signed_yet_are_counted(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = WallClock()
    clock.pass_by(days=1)
    log = audit_log(config.parent / "log", clock)
    log.open()
    log.append(grant(clock, 1))
    log.abandon()
    _, told, _ = run("verify", "--config", str(config), capsys=capsys)
    assert told.endswith("signed to record 10; 1 behind it are not signed yet\n")


@pytest.mark.parametrize("command", ["verify", "show", "head", "export"])
def test_what_is_no_log_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "faceidd.yaml").write_text("door: {}")
    (tmp_path / "no.zip").write_text("no ZIP")
    config = ["--config", str(tmp_path / "faceidd.yaml")]
    more = ["--to", str(tmp_path / "x.zip")] if command == "export" else []
    more += ["--key", KEY.public_key] if command == "verify" else []
    for log in ([], [str(tmp_path)], [str(tmp_path / "absent")], [str(tmp_path / "no.zip")]):
        code, _, error = run(command, *log, *config, *more, capsys=capsys)
        assert (code, bool(error)) == (CODE, True)


def test_a_key_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "audit.key"
    code, told, _ = run("keygen", "--out", str(file), capsys=capsys)
    assert (code, told.splitlines()[-1]) == (0, load_key(file).public_key)
    assert run("keygen", "--out", str(file), capsys=capsys)[0] == ConfigError.exit_code
