"""Folders that are open to all are told; nothing else is done about them."""

from pathlib import Path

import pytest

from faceidd.daemon.config import Config
from faceidd.daemon.open_folders import warn_of_open_folders
from faceidd.snapshots.seal import make_key


def told(folder: Path, log: pytest.LogCaptureFixture) -> list[str]:
    config = {
        "policy": {"state_dir": str(folder / "state")},
        "snapshots": {"recipient": make_key(folder / "key"), "dir": str(folder / "snapshots")},
    }
    warn_of_open_folders(Config.model_validate(config, strict=False))
    return [record.message for record in log.records if record.levelname == "WARNING"]


def test_open_folders_are_told_and_left_as_they_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("state", "snapshots"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
    state, snapshots = told(tmp_path, caplog)
    assert state.startswith(f"policy.state_dir {tmp_path}/state is open to every user")
    assert snapshots.endswith(f"(mode 0755): chmod 700 {tmp_path}/snapshots")
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o755


def test_closed_folders_and_those_that_are_not_there_are_not_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o750)
    assert told(tmp_path, caplog) == []
