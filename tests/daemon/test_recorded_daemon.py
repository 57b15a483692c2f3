"""What a whole daemon writes down and measures of one visit."""

import threading
from pathlib import Path

import pytest
from support.audited import KEY
from support.small_door import FRAMES, PERSON, Settings

from faceidd.audit.query import Query, records
from faceidd.audit.source import Folder
from faceidd.audit.verification import verify
from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.status import read_metrics
from faceidd.daemon.watch import Look
from faceidd.errors import ConfigError
from faceidd.events.command_key import save_key


def test_a_visit_stands_in_the_audit_log(settings: Settings, tmp_path: Path) -> None:
    save_key(KEY, tmp_path / "audit.key")
    settings["audit"] = {"dir": str(tmp_path / "audit"), "key_file": str(tmp_path / "audit.key")}
    with Daemon(Config.model_validate(settings)) as daemon:
        daemon.run(threading.Event())
    log = Folder(tmp_path / "audit")
    report = verify(log, {KEY.public_key})
    assert (report.findings, report.signed) == ([], report.last)
    written = list(records(log, Query()))
    assert [one["kind"] for one in written] == [
        "start", "configuration", "policy", "gallery", "grant", "door", "door", "stop",
    ]  # fmt: skip
    granted = written[4]
    assert (granted["person"], granted["answer"], granted["frames"]) == (PERSON, "opened", 3)
    assert granted["value"] >= granted["threshold"]
    assert len({one["boot"] for one in written}) == 1


def test_a_visit_stands_in_the_metrics(settings: Settings, runtime_directory: Path) -> None:
    with Daemon(Config.model_validate(settings)) as daemon:
        daemon.run(threading.Event())
        read = read_metrics(f"unix:{runtime_directory}/front.metrics.sock")
    metrics = {name: value for (name, _), value in read.items() if not name.endswith("_bucket")}
    assert (metrics["frames_total"], metrics["gallery_people"]) == (FRAMES, 1)
    stages = {dict(labels)["stage"] for name, labels in read if name == "stage_seconds_count"}
    assert stages == {"detect", "refine", "quality", "align", "embed", "decide"}
    assert read["visits_total", (("reason", "recognized"), ("verdict", "grant"))] == 1
    assert read["door_openings_total", (("cause", "grant"),)] == 1
    assert metrics["frame_age_seconds"] >= 0
    assert "broker_online" not in metrics
    assert not list(runtime_directory.iterdir())


def test_metrics_that_cannot_be_served_stop_no_door(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    settings["metrics"] = {"listen": f"unix:{tmp_path}/file"}
    looks: list[Look] = []
    with Daemon(Config.model_validate(settings)) as daemon:
        daemon.run(threading.Event(), looks.append)
    assert len(looks) == FRAMES
    assert "metrics cannot be served" in caplog.text


def test_an_audit_key_that_is_missing_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    settings["audit"] = {"dir": str(tmp_path / "audit"), "key_file": str(tmp_path / "no.key")}
    with pytest.raises(ConfigError, match="key cannot be read"):
        Daemon(Config.model_validate(settings))
