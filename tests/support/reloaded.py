"""A daemon that reloads in the midst of a recorded visit."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from support.small_door import Settings, write

from faceidd.daemon.config import Config
from faceidd.daemon.config_file import load_config_file
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.reload import Reload
from faceidd.daemon.watch import Look
from faceidd.door.simulated import SimulatedRelay
from faceidd.events.event import Event

POLICY = """\
timezone: UTC
doors:
  front:
    allow: [{who: [everybody]}]
"""
"""A policy that lets everybody pass."""


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
        self.look: Callable[[], None] = lambda: None
        self.meanwhile: Callable[[], object] = lambda: None

    def change(self, **sections: Mapping[str, object]) -> None:
        """Write other settings into the file."""
        made = {name: dict(part) for name, part in self.settings.items()}
        for name, part in sections.items():
            made.setdefault(name, {}).update(part)
        write(made, self.folder)

    def run(self, *changes: Callable[[], object]) -> Daemon:
        """Watch all of it; do each of these and reload after it."""
        write(self.settings, self.folder)
        file = load_config_file(self.file)
        self.meanwhile()
        with Daemon(file.config, file, self.in_force.append) as daemon:

            def observe(look: Look) -> None:
                self.looks.append(look)
                if len(self.looks) == 3:
                    reload = daemon._reload  # noqa: SLF001 - as SIGHUP does, at this frame
                    self.look = lambda: _settle(reload)
                    for change in changes:
                        change()
                        self._reload(reload)

            daemon.run(threading.Event(), observe)
        return daemon

    def _reload(self, reload: Reload) -> None:
        reload.ask_aloud()
        _settle(reload)
        self.notes.append(reload.note)


def types(events: list[Event]) -> list[str]:
    return [event.type for event in events]


def openings(daemon: Daemon) -> int:
    assert isinstance(daemon.relay, SimulatedRelay)
    return sum(level.high and level.driven for level in daemon.relay.history)


def _settle(reload: Reload) -> None:
    reload.poll()
    while reload.busy:
        threading.Event().wait(0.01)
        reload.poll()
