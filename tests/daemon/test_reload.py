"""A running door takes other settings in, or none; it loses no frame, and nothing opens by it."""

import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from support.running import PATIENCE_S
from support.small_door import FRAMES, Settings, write

from faceidd.daemon import renewal
from faceidd.daemon.auditor import Auditor
from faceidd.daemon.config import Config
from faceidd.daemon.config_file import load_config
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.reload import Reload
from faceidd.daemon.watch import Look
from faceidd.daemon.wiring import door_rules
from faceidd.door.change import Cause
from faceidd.door.simulated import SimulatedRelay
from faceidd.events.event import Event
from faceidd.events.log import LogSink


class Reloaded:
    """A recorded visit that a daemon watches, with reloads after its third frame.

    The recording waits for its reader, so the daemon can be let go round in the midst of it until
    what was asked for is done.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.file = folder / "faceidd.yaml"
        self.in_force: list[Config] = []
        self.looks: list[Look] = []
        self.notes: list[str] = []
        self.poll: Callable[[], None] = lambda: None

    def change(self, **sections: Mapping[str, object]) -> None:
        """Write other settings into the file."""
        made = {name: dict(part) for name, part in self.settings.items()}
        for name, part in sections.items():
            made.setdefault(name, {}).update(part)
        write(made, self.folder)

    def run(self, *changes: Callable[[], object]) -> Daemon:
        """Watch all of it; do each of these and reload after it."""
        write(self.settings, self.folder)
        with Daemon(load_config(self.file), self.file, self.in_force.append) as daemon:

            def observe(look: Look) -> None:
                self.looks.append(look)
                if len(self.looks) == 3:
                    reload = daemon._reload  # noqa: SLF001 - as SIGHUP does, at this frame
                    self.poll = reload.poll
                    for change in changes:
                        change()
                        self._reload(reload)

            daemon.run(threading.Event(), observe)
        return daemon

    def _reload(self, reload: Reload) -> None:
        reload.ask()
        reload.poll()
        while reload.busy:
            threading.Event().wait(0.01)
            reload.poll()
        self.notes.append(reload.note)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    told: list[Event] = []
    monkeypatch.setattr(LogSink, "publish", lambda _, event: told.append(event))
    return told


@pytest.fixture
def reloaded(settings: Settings, tmp_path: Path) -> Iterator[Reloaded]:
    level = logging.getLogger().level
    settings["detector"] = {"motion_gate": False}
    yield Reloaded(settings, tmp_path)
    logging.getLogger().setLevel(level)


def types(events: list[Event]) -> list[str]:
    return [event.type for event in events]


def openings(daemon: Daemon) -> int:
    assert isinstance(daemon.relay, SimulatedRelay)
    return sum(level.high and level.driven for level in daemon.relay.history)


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


POLICY = """\
timezone: UTC
doors:
  front:
    allow: [{who: [everybody]}]
"""
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


def test_another_file_is_taken_in_unasked_once_it_has_kept_still(
    reloaded: Reloaded, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reload, "ask", lambda _: None)
    monkeypatch.setattr(renewal, "LOOK_PAUSE", 0.0)

    def change() -> None:
        reloaded.change(access={"min_frames": 8})
        for _ in range(2):
            reloaded.poll()

    reloaded.settings["access"] = {"min_frames": 5}
    reloaded.run(change)
    assert [config.access.min_frames for config in reloaded.in_force] == [8]
    assert types(events).count("configuration_changed") == 2  # the start, and this


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
    monkeypatch.setattr("faceidd.daemon.supervisor.notify", lambda state, *_: told.append(state))
    settings["camera"]["pace"] = "real_time"
    file = write(settings, tmp_path)
    reload, stop = threading.Event(), threading.Event()
    before = signal.signal(signal.SIGHUP, lambda *_: reload.set())
    try:
        with Daemon(load_config(file), file) as daemon:
            os.kill(os.getpid(), signal.SIGHUP)
            daemon.run(stop, reload=reload)
    finally:
        signal.signal(signal.SIGHUP, before)
    begun = next(at for at, one in enumerate(told) if one.startswith("RELOADING=1\n"))
    assert told[begun + 1 :].count("READY=1\nSTATUS=reloaded") == 1
    assert not reload.is_set()
    assert json.loads(file.read_text()) == settings


def fails(*_: object) -> None:
    raise OSError("the disk is gone")


class Deaf(list[Config]):
    """Nobody can be told of settings."""

    append = fails


OTHER: Settings = {
    "access": {"min_frames": 8},
    "door": {"pulse_s": 9.0},
    "detector": {"motion_gate": False, "idle_look_s": 1.0},
}


def first_granted(reloaded: Reloaded) -> int:
    return [bool(look.outcomes[0].decision.person) for look in reloaded.looks].index(True) + 1


def test_who_cannot_be_told_keeps_nothing_from_being_taken_in(
    reloaded: Reloaded, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    reloaded.settings["access"] = {"min_frames": 5}
    reloaded.in_force = Deaf()

    def change() -> None:
        monkeypatch.setattr(Metrics, "loaded", fails)
        reloaded.change(**OTHER)

    daemon = reloaded.run(change)
    assert first_granted(reloaded) == 8
    assert daemon._door._rules.pulse == door_rules(load_config(reloaded.file)).pulse  # noqa: SLF001
    assert reloaded.notes == [""]
    assert types(events).count("configuration_changed") == 2  # the start, and this


def test_a_fault_while_it_is_taken_in_leaves_all_as_it_was(
    reloaded: Reloaded, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    audited: list[object] = []
    monkeypatch.setattr(Auditor, "reconfigured", lambda *configs: audited.append(configs))
    reloaded.settings["access"] = {"min_frames": 5}

    def change() -> None:
        monkeypatch.setattr("faceidd.daemon.daemon.build_attention", fails)
        reloaded.change(**OTHER)

    reloaded.run(change)
    assert first_granted(reloaded) == 5
    assert reloaded.notes == ["the last reload was refused, see the log"]
    assert (reloaded.in_force, audited) == ([], [])
    assert types(events).count("configuration_changed") == 1  # the start
