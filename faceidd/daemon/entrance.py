"""Entrance: one door with its policy, its people and whoever may command it.

Policy and gallery are taken in anew together, or both stay as they were.
"""

import logging
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from faceidd.access.factors import Entry
from faceidd.access.grant import Grants
from faceidd.access.policy import FactorKind, Policy
from faceidd.clock import monotonic, wall
from faceidd.daemon.build import build_gallery, build_matcher, build_watch, operating_point
from faceidd.daemon.commands import Commands
from faceidd.daemon.config import Config
from faceidd.daemon.door_state import DoorState
from faceidd.daemon.gate import Gate
from faceidd.daemon.inbox import Inbox
from faceidd.daemon.policy_file import PolicyFile, load_policy
from faceidd.daemon.recognition import Model
from faceidd.daemon.telling import Telling
from faceidd.daemon.upkeep import Upkeep
from faceidd.door.door import Door
from faceidd.door.reader import Reader
from faceidd.door.turnstile import Turnstile
from faceidd.errors import ConfigError, FaceiddError
from faceidd.events.command_check import CommandCheck, Key
from faceidd.gallery.gallery import Gallery

_log = logging.getLogger(__name__)


class Entrance:
    """What stands between frames, commands and a door. For one thread; close it at the end.

    Args:
        config: All settings.
        model: Finds and embeds faces.
        gallery: Who is known.
        door: The door.
        telling: Who is told.
        upkeep: Is told whom the door knows, and by which policy.
        inbox: Where commands wait.

    Attributes:
        watch: Looks at frames.

    Raises:
        ConfigError: The policy or the door's state cannot be read, or do not serve.
        GalleryError: The calibration is damaged, or does not fit.
    """

    def __init__(
        self,
        config: Config,
        model: Model,
        *,
        gallery: Gallery,
        door: Door,
        telling: Telling,
        upkeep: Upkeep,
        inbox: Inbox,
    ) -> None:
        self._config = config
        self._model = model
        self._telling = telling
        self._upkeep = upkeep
        self._file = read_policy(config, gallery)
        self._gallery = gallery
        self._point = operating_point(config, model)
        self._state = build_state(config)
        name = config.door.id
        self._gate = Gate(
            door=door,
            turnstile=Turnstile(door, name, upkeep.boot),
            grants=Grants(name, upkeep.boot),
            policy=self._policy,
            people={person.id: person for person in gallery.people},
            state=self._state,
            teller=telling,
            wall_clock=partial(right_time, config.policy.clock_file),
        )
        matcher = build_matcher(gallery, self._point, self._policy.duress)
        self.watch = build_watch(
            config, model, matcher=matcher, point=self._point, gate=self._gate, teller=telling
        )
        self._check: CommandCheck | None = None
        self._commands = self._listen(inbox) if config.mqtt.commands else None
        with ExitStack() as stack:
            for kind, device in _devices(config):
                reader = Reader(device, partial(self._enter, kind))
                stack.callback(reader.close)
            self._readers = stack.pop_all()
        upkeep.runs_with(gallery, self._file.digest if self._file else None)

    def poll(self) -> None:
        """Do what commands and schedules ask for; cheap where none does.

        Raises:
            DoorError: The door is closed or broken.
        """
        self._gate.poll()
        if self._commands is not None:
            self._commands.poll()

    def reload(self) -> None:
        """Take in the policy and the gallery anew.

        Raises:
            FaceiddError: Something cannot be read or does not fit; all stays as it was, and that
                is told.
        """
        try:
            self._take_in()
        except FaceiddError as error:
            self._upkeep.refused(error)
            raise

    def close(self) -> None:
        """Let go of keypads and readers. May be called again."""
        self._readers.close()

    @property
    def _policy(self) -> Policy:
        return _policy_of(self._file, self._config)

    def _take_in(self) -> None:
        gallery = build_gallery(self._config, self._model)
        file = read_policy(self._config, gallery)
        policy = _policy_of(file, self._config)
        keys = None if self._check is None else _keys_of(file)
        matcher = build_matcher(gallery, self._point, policy.duress)
        self._file, self._gallery = file, gallery
        self._gate.renew(policy, {person.id: person for person in gallery.people})
        self.watch.renew(matcher)
        if self._check is not None and keys is not None:
            self._check.keys = keys
        self._upkeep.runs_with(gallery, file.digest if file else None)
        _log.info("policy and gallery were taken in anew")

    def _listen(self, inbox: Inbox) -> Commands:
        self._check = CommandCheck(
            door=self._config.door.id,
            keys=_keys_of(self._file),
            started_at=int(1000 * time.time()),
            marks=self._state.marks,
            remember=self._state.remember,
        )
        return Commands(
            inbox=inbox,
            check=self._check,
            gate=self._gate,
            teller=self._telling,
            reload=self.reload,
            identify=self._identify,
            wall_clock=self._command_time,
        )

    def _command_time(self) -> datetime | None:
        now = right_time(self._config.policy.clock_file)
        written_at = self._policy.written_at
        return None if now is None or (written_at is not None and now < written_at) else now

    def _identify(self) -> None:
        self._telling.identity(
            self._upkeep.boot,
            self._upkeep.up,
            len(self._gallery.people),
            self._file.digest if self._file else None,
            lockdown=self._gate.lockdown,
        )

    def _enter(self, kind: FactorKind, secret: str) -> None:
        self._gate.enter(Entry(kind, secret, monotonic()))


def read_policy(config: Config, gallery: Gallery) -> PolicyFile | None:
    """Read the policy that a configuration names; None where it names none.

    Raises:
        ConfigError: It cannot be read, has faults, or does not know this door.
    """
    if config.policy.file is None:
        return None
    file = load_policy(config.policy.file)
    if config.door.id not in file.policy.doors:
        raise ConfigError(
            f"{config.policy.file} has no door {config.door.id}, so nobody would pass",
            do=f"add it to doors, or set door.id to one of: {', '.join(file.policy.doors)}",
        )
    known = {person.id for person in gallery.people}
    named = {*file.policy.people, *file.policy.duress}
    if unknown := sorted(named - known):
        _log.warning("the policy names people who are not in the gallery: %s", ", ".join(unknown))
    if file.policy.doors[config.door.id].second_factor is not None and not _devices(config):
        _log.warning("the policy asks for a second factor, and no keypad or card reader is set")
    signs = file.policy.duress or any(one.duress_pin for one in file.policy.people.values())
    heard = config.mqtt.host is not None or "duress_signaled" in (config.webhook.types or ())
    if signs and not heard:
        _log.warning("the silent alarm is told to nobody, because mqtt.host is not set")
    return file


def build_state(config: Config) -> DoorState:
    """Open what must outlive a restart; a door without policy and commands keeps nothing.

    Raises:
        ConfigError: It cannot be read.
    """
    needed = config.policy.file is not None or config.mqtt.commands
    return DoorState(config.policy.state_dir if needed else None, config.door.id)


def right_time(clock_file: Path | None) -> datetime | None:
    """The present moment by the wall clock; None while the file that vouches for it is missing."""
    return wall() if clock_file is None or clock_file.exists() else None


def _policy_of(file: PolicyFile | None, config: Config) -> Policy:
    return Policy.open_to_everybody(config.door.id) if file is None else file.policy


def _keys_of(file: PolicyFile | None) -> Mapping[str, Key]:
    """Keys that may command: without any nobody could ever command the door again."""
    if file is None or not file.keys:
        raise ConfigError(
            "mqtt.commands is true, and no policy names keys that may command",
            do="set policy.file to a policy with keys, or mqtt.commands to false",
        )
    return file.keys


def _devices(config: Config) -> list[tuple[FactorKind, Path]]:
    named = {FactorKind.PIN: config.policy.keypad, FactorKind.CARD: config.policy.card_reader}
    return [(kind, device) for kind, device in named.items() if device is not None]
