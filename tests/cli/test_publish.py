"""`faceidd publish` and `faceidd provision` on the command line."""

import json
from pathlib import Path

import pytest

from faceidd.cli.main import main
from faceidd.cli.publish import CARE
from faceidd.errors import ConfigError, PublishError
from faceidd.sync.door_file import fingerprint, grouped

PASSPHRASE = "not to be guessed"  # noqa: S105 - it opens what the test makes


@pytest.fixture
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passphrase is in the environment."""
    monkeypatch.setenv("FACEIDD_PASSPHRASE", PASSPHRASE)


@pytest.mark.usefixtures("passphrase")
def test_init_makes_all_that_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "galleries"
    assert main(["publish", "init", str(folder), "--days", "timestamp=1"]) == 0
    assert "root-* to sticks" in capsys.readouterr().out
    settings = json.loads((folder / "publish.json").read_text())
    assert settings["days"] == {"root": 365, "targets": 90, "snapshot": 7, "timestamp": 1}
    assert {path.name for path in (folder / "public" / "metadata").iterdir()} == {
        "1.root.json",
        "1.targets.json",
        "1.snapshot.json",
        "timestamp.json",
    }
    for private in ("keys", "pending", "state"):
        assert (folder / private).stat().st_mode & 0o777 == 0o700
    assert main(["publish", "init", str(folder)]) == PublishError.exit_code
    monkeypatch.chdir(folder)
    assert main(["publish", "status"]) == 0
    capsys.readouterr()
    assert main(["publish", "key", "list"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split(" (")[0] for line in told] == [
        *("root: root-1", "root: root-2", "root: root-3"),
        *("targets: targets-1", "targets: targets-2"),
        *("snapshot: online-1", "timestamp: online-1"),
    ]
    assert all(line.endswith(", here") for line in told)
    assert main(["publish", "refresh"]) == 0  # opens no key
    assert "nothing to renew" in capsys.readouterr().out
    assert main(["publish", "sign"]) == 0
    assert "nothing waits" in capsys.readouterr().out
    monkeypatch.setenv("FACEIDD_PASSPHRASE", "of another key")
    assert main(["publish", "refresh", "--now"]) == CARE
    assert "needs 1 more of online-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["status"], "is no publisher's folder"),
        (["init", "x", "--threshold", "root"], "does not give a role its number"),
        (["init", "x", "--threshold", "queen=1"], "does not give a role its number"),
        (["init", "x", "--days", "root=0"], "cannot hold for so many days"),
        (["key", "make", "x.pub"], "cannot be the name of a key"),
        (["show", "none.json"], "cannot be read"),
        (["sign", "--file", "none.json"], "cannot be read"),
        (["--force"], "without a reason"),
        ([], "is no publisher's folder"),
    ],
)
@pytest.mark.usefixtures("passphrase")
def test_what_cannot_be_done_is_told(
    words: list[str],
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["publish", *words]) == PublishError.exit_code
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_a_passphrase_no_key_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FACEIDD_PASSPHRASE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["publish", "key", "make", "ada"]) == PublishError.exit_code
    assert "no passphrase for the new key ada" in capsys.readouterr().err
    (tmp_path / "short").write_text("guessed\n")
    (tmp_path / "short").chmod(0o600)
    words = ["publish", "key", "make", "ada", "--passphrase-file", "short"]
    assert main(words) == PublishError.exit_code
    assert "fewer than 12 characters" in capsys.readouterr().err


def test_a_door_is_provisioned(
    tmp_path: Path,
    models_dir: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "door.yaml").write_text(f"door: {{id: front}}\nmodels: {{dir: '{models_dir}'}}\n")
    words = ["provision", "--config", "door.yaml", "--keys", "keys"]
    assert main([*words, "--door", "back"]) == ConfigError.exit_code
    assert "is of the door front, not back" in capsys.readouterr().err
    assert main(words) == 0
    told = capsys.readouterr().out
    record = json.loads((tmp_path / "front.door.json").read_text())
    assert (record["door"], record["model_name"]) == ("front", "facenet int8")
    assert f"fingerprint: {grouped(fingerprint(record['recipient']))}\n" in told
    assert f"sync.key_file: {tmp_path}/keys/transport.key\n" in told
    assert told.index("fleet add") < told.index("faceidd publish") < told.index("faceidd sync")
    assert main(words) == 0
    assert json.loads((tmp_path / "front.door.json").read_text()) == record
    assert "kept: transport.key, gallery.key, signing.key" in capsys.readouterr().out
    gallery = (tmp_path / "keys" / "gallery.key").read_bytes()
    assert main([*words, "--replace"]) == 0
    assert record["signing_key"] in capsys.readouterr().out
    assert (
        json.loads((tmp_path / "front.door.json").read_text())["recipient"] != record["recipient"]
    )
    assert (tmp_path / "keys" / "gallery.key").read_bytes() == gallery
    assert main([*words, "--replace", "gallery"]) == 0
    assert (tmp_path / "keys" / "gallery.key").read_bytes() != gallery
