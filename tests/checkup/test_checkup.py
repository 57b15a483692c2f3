"""All parts are looked at, whatever one of them does; what hangs is told and not waited for."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.installations import found, installation

from faceidd.checkup import checkup
from faceidd.checkup.camera import check_camera
from faceidd.checkup.check import Check, Verdict
from faceidd.checkup.checkup import NAMES, PARTS, Part, check_up
from faceidd.checkup.daemon import check_daemon
from faceidd.checkup.installation import Installation, find_installation
from faceidd.checkup.report import worst
from faceidd.checkup.unit import Unit
from faceidd.daemon.claim import claimed
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.metrics_server import MetricsServer
from faceidd.errors import CameraError, ConfigError, FaceiddError
from faceidd.units import Seconds


def well(_: Installation) -> Iterator[Check]:
    yield Check.ok("well", "fine", reason="a figure of any name")


def test_a_part_that_fails_or_breaks_hides_no_other(tmp_path: Path) -> None:
    def broken(_: Installation) -> Iterator[Check]:
        yield Check.ok("broken.first", "seen before")
        raise ZeroDivisionError("of ours")

    def lost(_: Installation) -> Iterator[Check]:
        raise CameraError("the camera is lost", do="see its cable")

    parts = [Part("broken", broken), Part("lost", lost, measures=True), Part("well", well)]
    checks = check_up(installation(tmp_path), parts=parts)
    assert [(check.name, check.verdict.value) for check in checks] == [
        ("broken.first", "ok"),
        ("broken", "fail"),
        ("lost", "fail"),
        ("well", "ok"),
    ]
    assert "ZeroDivisionError" in checks[1].reason
    assert (checks[2].reason, checks[2].mend) == ("the camera is lost", "see its cable")


@pytest.mark.parametrize("measures", [False, True])
def test_a_part_that_hangs_is_told_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measures: bool
) -> None:
    monkeypatch.setattr(checkup, "WAITING", Seconds(0.05))
    monkeypatch.setattr(checkup, "MEASURING", Seconds(0.05))
    over = threading.Event()

    def hangs(_: Installation) -> Iterator[Check]:
        yield Check.ok("hangs.first", "seen before")
        over.wait()

    parts = [Part("hangs", hangs, measures=measures), Part("well", well)]
    checks = check_up(installation(tmp_path), parts=parts)
    over.set()
    assert [(check.name, check.verdict.value) for check in checks] == [
        ("hangs.first", "ok"),
        ("hangs", "fail"),
        ("well", "ok"),
    ]


@pytest.mark.parametrize("measures", [False, True])
@pytest.mark.parametrize(("patience", "found"), [(1.0, "fail"), (1e5, "ok")])
def test_a_slow_machine_is_waited_for_as_long_as_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: float, found: str, *, measures: bool
) -> None:
    monkeypatch.setattr(checkup, "WAITING", Seconds(0.001))
    monkeypatch.setattr(checkup, "MEASURING", Seconds(0.001))
    late = threading.Event()

    def slow(_: Installation) -> Iterator[Check]:
        late.wait(0.1)
        yield Check.ok("slow", "found out at last")

    parts = [Part("slow", slow, measures=measures)]
    checks = check_up(installation(tmp_path), parts=parts, patience=patience)
    late.set()
    assert [check.verdict.value for check in checks] == [found]


def test_what_measures_is_alone(tmp_path: Path) -> None:
    at_work: set[str] = set()

    def part(name: str, *, measures: bool = False) -> Part:
        def look(_: Installation) -> Iterator[Check]:
            at_work.add(name)
            alone = not measures or at_work == {name}
            at_work.discard(name)
            yield Check.ok(name, "alone" if alone else "disturbed")

        return Part(name, look, measures=measures)

    parts = [part("a", measures=True), part("b"), part("c", measures=True), part("d")]
    assert [one.reason for one in check_up(installation(tmp_path), parts=parts)] == ["alone"] * 4


def test_a_wrong_configuration_leaves_what_does_not_hang_on_it(tmp_path: Path) -> None:
    parts = [Part("well", well), Part("machine", well, by_config=False)]
    one = installation(tmp_path, fault=ConfigError("it is wrong", do="correct it"))
    assert [check.verdict for check in check_up(one, parts=parts)] == ["skipped", "ok"]


def test_only_what_is_asked_for_is_looked_at(tmp_path: Path) -> None:
    checks = check_up(installation(tmp_path), only=["clock", "board"])
    assert [check.name for check in checks] == ["clock", "board"]
    assert len(set(NAMES)) == len(PARTS)


def test_the_worst_verdict_counts() -> None:
    ok, skipped = Check.ok("a", "fine"), Check.skipped("b", "none")
    warn, fail = Check.warn("c", "hm", "do"), Check.fail("d", "no", "do")
    assert worst([]) is worst([ok, skipped]) is Verdict.OK
    assert worst([ok, warn]) is Verdict.WARN
    assert worst([fail, warn, ok]) is Verdict.FAIL


def test_a_daemon_that_may_run_is_not_disturbed(tmp_path: Path) -> None:
    unseen = FaceiddError("it may not be asked", do="run this as its user")
    unseen.__cause__ = PermissionError()
    gone = FaceiddError("no daemon answers", do="see whether it runs")
    assert not installation(tmp_path, silence=gone).daemon_runs
    assert installation(tmp_path, silence=unseen).daemon_runs
    assert installation(tmp_path, silence=gone, unit=Unit(active="active")).daemon_runs
    assert not installation(tmp_path, silence=gone, unit=Unit(active="activating")).daemon_runs


def test_without_a_configuration_the_defaults_are_looked_at(
    tmp_path: Path, runtime_directory: Path
) -> None:
    one = find_installation(tmp_path / "gone.yaml")
    assert not runtime_directory.exists()
    assert (one.config.door.id, one.is_there, one.daemon_runs) == ("front", False, False)
    assert "which daemon is this door's" in str(one.silence)
    (tmp_path / "wrong.yaml").write_text("camera: {nose: 3}")
    wrong = find_installation(tmp_path / "wrong.yaml")
    assert wrong.is_there
    assert wrong.fault is not None
    assert "nose" in wrong.fault.what


@pytest.mark.parametrize("text", [None, "camera: {nose: 3}"])
def test_without_its_configuration_no_daemon_is_taken_for_this_doors(
    tmp_path: Path, runtime_directory: Path, text: str | None
) -> None:
    file, right = tmp_path / "faceidd.yaml", tmp_path / "right.yaml"
    if text is not None:
        file.write_text(text)
    right.write_text("door: {id: front}\n")
    with (
        claimed(runtime_directory, "front", {}),
        closing(MetricsServer(f"unix:{runtime_directory}/front.metrics.sock", Metrics().text)),
    ):
        assert find_installation(right).samples is not None
        one = find_installation(file)
    assert (one.samples, one.holder, one.daemon_runs) == (None, os.getpid(), True)
    camera = found(check_camera(one))["camera"]
    assert (camera.verdict, camera.mend) == ("skipped", "see configuration")
    assert "without a right configuration" in camera.reason
    told = found(check_daemon(one))["daemon"]
    assert (told.verdict, f"process {os.getpid()} drives" in told.reason) == ("warn", True)
