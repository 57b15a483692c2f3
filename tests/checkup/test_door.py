"""Configuration, policy, model, gallery, sync and daemon of one door."""

import json
import pwd
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.installations import found, installation, verdicts
from support.measured import whole
from support.people import embedding, gallery
from support.square_finder import square_finder

from faceidd.camera.health import PictureFault
from faceidd.checkup.configuration import check_configuration, check_policy
from faceidd.checkup.daemon import check_daemon
from faceidd.checkup.gallery import check_gallery
from faceidd.checkup.look import STAGES
from faceidd.checkup.model import check_model
from faceidd.checkup.permissions import check_permissions
from faceidd.checkup.running import running_file
from faceidd.checkup.syncing import check_sync
from faceidd.checkup.unit import Unit
from faceidd.daemon.answers import write_answers
from faceidd.daemon.status import Samples, parse
from faceidd.errors import ConfigError
from faceidd.gallery.file import save_gallery
from faceidd.sync.refused import Reason, RefusedError
from faceidd.sync.status import Status, save_status

NOW = datetime.now(UTC)
RUNS = Unit(load="loaded", active="active", enabled="enabled", result="success", restarts="0")


@pytest.fixture
def samples(tmp_path: Path) -> Iterator[Samples]:
    """Metrics of a daemon that has everything; its frame is ten minutes old by now."""
    (tmp_path / "daemon").mkdir()
    metrics, writer = whole(tmp_path / "daemon", (PictureFault.DARK,))
    yield parse(metrics.text().decode())
    writer.close()


def test_the_configuration_is_right_wrong_or_missing(tmp_path: Path) -> None:
    fault = ConfigError("line 3: camera.nose is unknown", do="correct these lines")
    right, wrong = installation(tmp_path), installation(tmp_path, fault=fault)
    assert verdicts(check_configuration(right)) == {"configuration": "ok"}
    assert "camera.nose" in found(check_configuration(wrong))["configuration"].reason
    wrong.file.unlink()
    missing = found(check_configuration(wrong))["configuration"]
    assert (missing.verdict, "embedded defaults" in missing.reason) == ("fail", True)


def test_who_may_not_see_all_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = installation(tmp_path, user=pwd.getpwnam("nobody"))
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    told = found(check_configuration(one))["configuration.user"]
    assert (told.verdict, "sudo -u nobody" in told.mend) == ("warn", True)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert verdicts(check_configuration(one)) == {"configuration": "ok"}


def test_a_daemon_that_reads_another_configuration_is_told(tmp_path: Path) -> None:
    one = installation(tmp_path, holder=77, runs_with=tmp_path / "other.yaml")
    told = found(check_configuration(one))["configuration.daemon"]
    assert (told.verdict, f"reads {tmp_path}/other.yaml" in told.reason) == ("warn", True)
    (tmp_path / "link.yaml").symlink_to(one.file)
    same = installation(tmp_path, holder=77, runs_with=tmp_path / "link.yaml")
    assert verdicts(check_configuration(same)) == {"configuration": "ok"}


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("python faceidd run --config /etc/a.yaml", "/etc/a.yaml"),
        ("faceidd run --config=/etc/a.yaml -v", "/etc/a.yaml"),
        ("faceidd run --config a.yaml", "/srv/a.yaml"),
        ("faceidd run", None),
        (None, None),
    ],
)
def test_the_running_daemons_configuration_is_found(
    tmp_path: Path, command: str | None, file: str | None
) -> None:
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "cwd").symlink_to("/srv")
    if command is not None:
        (tmp_path / "77" / "cmdline").write_text(command.replace(" ", "\0") + "\0")
    assert running_file(77, tmp_path) == (None if file is None else Path(file))


@pytest.mark.parametrize(
    ("text", "verdict", "words"),
    [
        ("doors: {front: {allow: [{who: [everybody]}]}}", "ok", "times in Europe/Berlin"),
        ("doors: {back: {allow: [{who: [everybody]}]}}", "fail", "says nothing of door front"),
        ("doors: {front: {alow: []}}", "fail", "alow"),
    ],
)
def test_a_policy_must_speak_of_its_door(
    tmp_path: Path, text: str, verdict: str, words: str
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(f"timezone: Europe/Berlin\n{text}\n")
    check = found(check_policy(installation(tmp_path, {"policy": {"file": str(file)}})))["policy"]
    assert (check.verdict, words in check.reason) == (verdict, True)


def test_a_model_is_verified_and_timed(tmp_path: Path, models_dir: Path) -> None:
    checks = found(check_model(installation(tmp_path, {"models": {"dir": str(models_dir)}})))
    assert {name: check.verdict.value for name, check in checks.items()}["model"] == "ok"
    assert set(checks["model"].figures) == {"facenet int8", "blazeface", "mtcnn"}
    assert checks["model.answers"].verdict in {"ok", "warn"}  # older packs have no known answer
    figures = checks["model.runtime"].figures
    assert str(figures["runtime"]).startswith("ai-edge-litert ")
    stages = [figures[f"{stage}_ms"] for stage in STAGES]  # with a face: all of them have work
    assert all(isinstance(took, float) for took in stages)
    assert figures["look_ms"] == pytest.approx(sum(map(float, map(str, stages))), abs=0.3)
    assert figures["embed_ms"]


def test_a_running_daemon_says_how_long_its_looks_take(
    tmp_path: Path, models_dir: Path, samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2, 3})
    settings: dict[str, Any] = {"models": {"dir": str(models_dir), "threads": 1}}
    checks = found(check_model(installation(tmp_path, settings, samples=samples)))
    assert checks["model.runtime"].figures["look_ms"] == 20.0  # five stages of 4 ms
    late = settings | {"access": {"min_frames": 6, "max_age_s": 0.1, "stranger_frames": 6}}
    checks = found(check_model(installation(tmp_path, late, samples=samples)))
    assert checks["model.runtime"].verdict == "fail"
    assert "longer than evidence counts" in checks["model.runtime"].reason
    assert checks["model.runtime"].mend.startswith("set models.threads to 4, or run a lighter pack")
    late["models"]["threads"] = 4
    checks = found(check_model(installation(tmp_path, late, samples=samples)))
    assert checks["model.runtime"].mend.startswith("run a lighter pack")


def test_a_model_is_held_to_what_it_said_where_it_was_built(
    tmp_path: Path, models_dir: Path
) -> None:
    for name in ("blazeface", "mtcnn"):
        (tmp_path / name).symlink_to(models_dir / name)
    shutil.copytree(models_dir / "mobilefacenet", tmp_path / "mobilefacenet")
    models = {"dir": str(tmp_path), "embedder": "mobilefacenet", "variant": "float32"}
    one = installation(tmp_path, {"models": models})
    write_answers(tmp_path, "mobilefacenet")
    assert verdicts(check_model(one))["model.answers"] == "ok"
    manifest = tmp_path / "mobilefacenet" / "manifest.json"
    written = json.loads(manifest.read_text())
    written["answers"]["float32"]["values"][0] += 0.5
    manifest.write_text(json.dumps(written))
    assert verdicts(check_model(one))["model.answers"] == "fail"


def test_a_detector_that_nothing_proves_is_told(tmp_path: Path, models_dir: Path) -> None:
    file = tmp_path / "squares.onnx"
    file.write_bytes(square_finder())
    detector = {"name": "yunet", "yunet_model": str(file)}
    one = installation(tmp_path, {"models": {"dir": str(models_dir)}, "detector": detector})
    told = found(check_model(one))["model.answers"]
    assert told.verdict == "warn"
    assert "whether yunet finds faces is not proven" in told.reason


def test_a_model_that_was_changed_is_told(tmp_path: Path, models_dir: Path) -> None:
    for name in ("facenet", "mtcnn"):
        (tmp_path / name).symlink_to(models_dir / name)
    shutil.copytree(models_dir / "blazeface", tmp_path / "blazeface")
    changed = next((tmp_path / "blazeface").glob("*.tflite"))
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    check = found(check_model(installation(tmp_path, {"models": {"dir": str(tmp_path)}})))["model"]
    assert (check.verdict, "blazeface" in check.reason) == ("fail", True)


def test_a_gallery_is_opened_and_tried(tmp_path: Path) -> None:
    one = installation(tmp_path, {"models": {"dir": str(tmp_path)}})
    assert verdicts(check_gallery(one)) == {"gallery": "fail"}
    save_gallery(gallery({"Mina": [embedding(1.0, 0.0, 0.0)]}), one.config.gallery.file)
    checks = found(check_gallery(one))
    assert checks["gallery"].verdict == "warn"  # no model is there to try it with
    assert (checks["gallery"].figures["people"], checks["gallery"].figures["templates"]) == (1, 1)
    assert checks["gallery.age"].verdict == "ok"


@pytest.mark.parametrize(
    ("hours", "limit", "when", "verdict", "left"),
    [
        (1, None, "tell", "ok", None),
        (1, 24, "refuse", "ok", 23),
        (20, 24, "refuse", "warn", 4),
        (30, 24, "tell", "warn", -6),
        (30, 24, "refuse", "fail", -6),
        (None, 24, "second_factor", "fail", None),
    ],
)
def test_a_gallery_that_grows_old_is_told_before_it_is(
    tmp_path: Path,
    hours: int | None,
    limit: int | None,
    when: str,
    verdict: str,
    left: float | None,
) -> None:
    one = installation(tmp_path, {"sync": {"stale_after_h": limit, "when_stale": when}})
    save_gallery(gallery({"Mina": [embedding(1.0, 0.0, 0.0)]}), one.config.gallery.file)
    if hours is not None:
        one.config.sync.state_dir.mkdir()
        good = NOW - timedelta(hours=hours)
        save_status(Status(good_at=good, seen_at=good), one.config.sync.state_dir)
    check = found(check_gallery(one))["gallery.age"]
    assert check.verdict == verdict
    assert check.figures.get("stale_in_h") == (
        None if left is None else pytest.approx(left, abs=0.1)
    )


def test_a_door_without_a_trust_file_does_not_sync(tmp_path: Path) -> None:
    assert verdicts(check_sync(installation(tmp_path))) == {"sync": "skipped"}


@pytest.mark.parametrize(
    ("status", "unit", "expected"),
    [
        (Status(good_at=NOW, checked_at=NOW), RUNS, ("ok", "ok")),
        (Status(), None, ("warn", "skipped")),
        (Status(good_at=NOW, fresh_until=NOW - timedelta(hours=1)), Unit(), ("warn", "warn")),
        (
            Status(good_at=NOW).failed(RefusedError(Reason.CLOCK, "the clock", do="see it"), NOW),
            RUNS,
            ("warn", "ok"),
        ),
    ],
    ids=["well", "none yet", "expired", "failed"],
)
def test_the_last_sync_and_the_next_one_are_told(
    tmp_path: Path, status: Status, unit: Unit | None, expected: tuple[str, str]
) -> None:
    key = tmp_path / "transport.key"
    key.touch()
    one = installation(tmp_path, {"sync": {"key_file": str(key)}})
    root = '{"schema": "faceidd.trust/1", "url": "https://doors.example", "ca": null, "root": {}}'
    one.config.sync.trust.write_text(root)
    one.config.sync.state_dir.mkdir()
    save_status(status, one.config.sync.state_dir)
    told = verdicts(check_sync(one, lambda _: unit))
    assert told == {"sync": "ok", "sync.last": expected[0], "sync.timer": expected[1]}
    key.unlink()
    assert verdicts(check_sync(one, lambda _: unit))["sync"] == "fail"


def test_a_daemon_says_how_it_is(tmp_path: Path, samples: Samples) -> None:
    checks = found(check_daemon(installation(tmp_path, samples=samples, unit=RUNS)))
    assert checks["daemon"].verdict == "warn"
    assert "its picture is dark" in checks["daemon"].reason
    assert checks["daemon"].figures["frames_failed"] == 1
    assert checks["daemon.service"].verdict == "ok"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"silence": ConfigError("nobody answers", do="start it")}, ("warn", "skipped")),
        ({"holder": 77, "unit": RUNS}, ("warn", "ok")),
        ({"unit": Unit(load="not-found")}, ("warn", "warn")),
        ({"unit": Unit("loaded", "failed", "enabled", "exit-code", "4")}, ("warn", "fail")),
        ({"unit": Unit("loaded", "active", "disabled", "success", "0")}, ("warn", "warn")),
        ({"unit": Unit("loaded", "active", "enabled", "success", "4")}, ("warn", "warn")),
    ],
    ids=["silent", "held", "not installed", "failed", "disabled", "restarted"],
)
def test_a_service_that_is_not_as_it_should_be_is_told(
    tmp_path: Path, more: dict[str, Any], expected: tuple[str, str]
) -> None:
    told = verdicts(check_daemon(installation(tmp_path, **more)))
    assert (told["daemon"], told["daemon.service"]) == expected


def test_who_has_nothing_installed_is_told_where_installing_is_described(tmp_path: Path) -> None:
    one = installation(tmp_path, unit=Unit(load="not-found"))
    assert found(check_daemon(one))["daemon.service"].mend.endswith("docs/install.md")
    assert "docs/install.md" in found(check_permissions(one))["permissions.devices"].mend
