"""Reload: configuration, policy and gallery read anew beside the door's work, taken in together.

It begins when somebody asks, and by itself when the configuration or the policy is another file. A
configuration that is wrong, or a policy or gallery that does not serve, changes nothing; nor does,
unasked, a file that may be half written (`outline`). No part of it opens the door: rules are
exchanged between two frames, and what runs ends as it was to end.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from faceidd.clock import Clock, monotonic
from faceidd.daemon.config import Config
from faceidd.daemon.config_file import ConfigFile, load_config_file
from faceidd.daemon.known import Known
from faceidd.daemon.reloadable import Change, change
from faceidd.daemon.renewal import Done, Renewal
from faceidd.daemon.supervisor import Supervisor
from faceidd.daemon.upkeep import Upkeep
from faceidd.durable import FileState, file_state
from faceidd.errors import ConfigError
from faceidd.units import Seconds

SETTLES = Seconds(5.0)
"""How long the files must have kept still before they are read unasked."""
_WEIGHTY = ("door.", "access.", "policy.", "sync.")
"""Sections that say whom the door lets in, and how long it is open."""

States = tuple[FileState | None, ...]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Anew:
    """What a reload takes in.

    Attributes:
        change: The settings.
        known: Whom the door knows by them, and its policy.
        file: The configuration as it was read; None without one.
    """

    change: Change
    known: Known
    file: ConfigFile | None


class Reload:
    """Reloads one door. For one thread, but for what prepares; close it at the end.

    Args:
        file: The configuration as it was read for the start, so that none that comes meanwhile is
            missed; None has none, and only policy and gallery are read anew.
        policy: Which file the policy was that runs; None without one.
        config: What is in force.
        prepare: Reads policy and gallery as a configuration has them, on a thread of its own. It is
            told whether somebody asked for it, and so says that the files are whole.
        take: Takes all in, on the thread that polls.
        upkeep: Is told what was not taken.
        supervisor: Is told of the begin and the end of what was asked for.
        clock: What the pauses count by.

    Attributes:
        note: What the last one left to be said in a status line; empty if nothing.
    """

    def __init__(
        self,
        file: ConfigFile | None,
        config: Config,
        *,
        policy: FileState | None,
        prepare: Callable[[Config, bool], Known],
        take: Callable[[Anew], None],
        upkeep: Upkeep,
        supervisor: Supervisor,
        clock: Clock = monotonic,
    ) -> None:
        self.note = ""
        self._file = file
        self._config = config
        self._prepare = prepare
        self._take = take
        self._upkeep = upkeep
        self._supervisor = supervisor
        self._waiting: tuple[str, ...] = ()
        self._fault_of_file: Exception | None = None
        self._renewal: Renewal[States, Anew] = Renewal(
            self._states,
            self._read,
            self._taken,
            refused=self._refused,
            seen=(None if file is None else file.state, policy),
            settles=SETTLES,
            clock=clock,
        )

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._renewal.busy

    def ask(self, done: Done) -> None:
        """Reload, whether any file is another one or not.

        Args:
            done: Is told how it went, once, on the thread that polls.
        """
        self._renewal.ask(done)

    def ask_aloud(self) -> None:
        """As `ask`, and the service manager is told."""
        _log.info("reloading")
        self._supervisor.reloading()
        self._renewal.ask(lambda _: self._supervisor.ready(self.note or "reloaded"))

    def poll(self) -> None:
        """Take in what is ready, begin what is due; returns at once."""
        self._renewal.poll()

    def close(self) -> None:
        """Let go of what is being read. May be called again."""
        self._renewal.close()

    def _states(self) -> States:
        named = (None if self._file is None else self._file.path, self._config.policy.file)
        return tuple(None if file is None else file_state(file) for file in named)

    def _read(self, asked: bool) -> Anew:
        try:
            made, file = self._read_file(asked)
        except ConfigError as error:
            self._fault_of_file = error
            raise
        return Anew(made, self._prepare(made.config, asked), file)

    def _read_file(self, asked: bool) -> tuple[Change, ConfigFile | None]:
        running = self._config
        if self._file is None:
            return change(running, running), None
        new = load_config_file(self._file.path)
        new.outline.require_whole(new.path, self._file.outline, asked=asked)
        return change(running, new.config), new

    def _taken(self, anew: Anew) -> None:
        made, was = anew.change, self._config
        self._take(anew)
        self._config, self._file = made.config, anew.file
        _tell_changed(was, made)
        self.note, waited = "", self._waiting
        self._waiting = made.waiting
        if made.waiting:
            self.note = f"needs a restart: {', '.join(made.waiting)}"
            _log.warning("%s; the old values stay in force", self.note)
            if made.waiting != waited:
                self._upkeep.configuration_refused(self.note)

    def _refused(self, error: Exception) -> None:
        self.note = "the last reload was refused, see the log"
        if error is self._fault_of_file:
            self._upkeep.configuration_refused(str(error))
        else:
            self._upkeep.refused(error)


def _tell_changed(was: Config, made: Change) -> None:
    _log.info("reloaded; changed: %s", ", ".join(made.changed) or "no setting")
    old, new = was.model_dump(mode="json"), made.config.model_dump(mode="json")  # secrets masked
    for key in made.changed:
        if key.startswith(_WEIGHTY):
            section, _, name = key.partition(".")
            _log.warning("%s was %s, is %s", key, old[section][name], new[section][name])
