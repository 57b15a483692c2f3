"""A running door takes other settings in, or none; it loses no frame, and nothing opens by it."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest
from support.mjpeg_camera import MjpegCamera
from support.reloaded import POLICY, Reloaded, openings, types
from support.running import PATIENCE_S
from support.small_door import FRAMES, Settings, jpeg, visit, write

from faceidd.daemon.config_file import load_config_file
from faceidd.daemon.daemon import Daemon
from faceidd.door.change import Cause
from faceidd.events.event import Event
from faceidd.events.log import LogSink


def test_other_settings_are_in_force_from_the_next_frame_and_none_is_lost(
    reloaded: Reloaded, events: list[Event]
) -> None:
    reloaded.settings["access"] = {"min_frames": 5}
    other: Settings = {
        "access": {"min_frames": 8},
        "door": {"pin": "GPIO5"},
        "log": {"level": "warning"},
    }
    daemon = reloaded.run(lambda: reloaded.change(**other))
    assert [look.frame.sequence for look in reloaded.looks] == list(range(FRAMES))
    granted = [bool(look.outcomes[0].decision.person) for look in reloaded.looks]
    assert granted.index(True) == 7
    assert openings(daemon) == 1
    (config,) = reloaded.in_force
    assert (config.access.min_frames, config.log.level) == (8, "warning")
    assert config.door.pin == "GPIO17"
    assert reloaded.notes == ["needs a restart: door.pin"]
    assert types(events).count("configuration_changed") == 2  # the start, and this
    (refused,) = [one for one in events if one.type == "configuration_refused"]
    assert refused.reason == "needs a restart: door.pin"


def test_what_is_wrong_changes_nothing_and_is_told(reloaded: Reloaded, events: list[Event]) -> None:
    write_text, policy = reloaded.file.write_text, reloaded.folder / "policy.yaml"
    policy.write_text(POLICY)
    reloaded.settings["policy"] |= {"file": str(policy)}
    daemon = reloaded.run(
        lambda: write_text('{"door": {"pulse_s": 99}}'),
        lambda: write_text("{"),
        lambda: reloaded.change(access={"threshold": 0.9}, log={"level": "loud"}),
        reloaded.file.unlink,
        lambda: reloaded.change(policy={"file": "/nowhere.yaml"}),
    )
    assert reloaded.in_force == []
    assert openings(daemon) == 1
    assert types(events).count("configuration_refused") == 4
    assert types(events).count("gallery_refused") == 1
    assert types(events).count("configuration_changed") == 1  # the start
    assert set(reloaded.notes) == {"the last reload was refused, see the log"}


STALE = {"stale_after_h": 1.0, "when_stale": "refuse"}


@pytest.mark.parametrize(
    ("before", "after", "opened"),
    [({}, STALE, 0), (STALE, {"stale_after_h": None}, 1)],
    ids=["stale", "fresh"],
)
def test_how_old_a_gallery_may_be_holds_from_the_next_frame(
    reloaded: Reloaded, before: dict[str, object], after: dict[str, object], opened: int
) -> None:
    reloaded.settings["access"] = {"min_frames": 5}
    reloaded.settings["sync"] = {"state_dir": str(reloaded.folder / "sync"), **before}
    daemon = reloaded.run(lambda: reloaded.change(sync=after))
    assert openings(daemon) == opened


def test_a_pulse_that_runs_ends_when_it_was_to_end(reloaded: Reloaded) -> None:
    reloaded.settings["door"]["pulse_s"] = 0.5
    opened: list[bool] = []

    with pytest.MonkeyPatch.context() as patch:
        closed, end = threading.Event(), Daemon.__exit__

        def hear(_: LogSink, event: Event) -> None:
            if event.type == "door_closed":
                opened.append(event.cause is Cause.PULSE_OVER)
                closed.set()

        def wait_first(daemon: Daemon, *raised: object) -> None:
            assert closed.wait(PATIENCE_S)
            end(daemon, *raised)

        patch.setattr(LogSink, "publish", hear)
        patch.setattr(Daemon, "__exit__", wait_first)
        reloaded.run(lambda: reloaded.change(door={"pulse_s": 30}))
    (config,) = reloaded.in_force
    assert round(config.door.pulse_s) == 30
    assert opened == [True]


def test_sighup_reloads_and_the_service_manager_is_told_of_both_ends(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    reload, stop = threading.Event(), threading.Event()

    def notify(state: str, *_: object) -> None:
        told.append(state)
        if state.startswith("READY=1") and any(one.startswith("RELOADING=1") for one in told):
            stop.set()

    monkeypatch.setattr("faceidd.daemon.supervisor.notify", notify)
    before = signal.signal(signal.SIGHUP, lambda *_: reload.set())
    try:
        with MjpegCamera([jpeg(visit())]) as camera:
            settings["camera"] = {"source": camera.url}
            file = write(settings, tmp_path)
            with Daemon((read := load_config_file(file)).config, read) as daemon:
                os.kill(os.getpid(), signal.SIGHUP)
                daemon.run(stop, reload=reload)
    finally:
        signal.signal(signal.SIGHUP, before)
    begun = next(at for at, one in enumerate(told) if one.startswith("RELOADING=1\n"))
    assert told[begun + 1 :].count("READY=1\nSTATUS=reloaded") == 1
    assert not reload.is_set()
    assert json.loads(file.read_text()) == settings
