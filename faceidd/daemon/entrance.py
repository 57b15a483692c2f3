"""Entrance: one door with its policy, its people and whoever may command it.

Policy and gallery are taken in anew together, or both stay as they were. A gallery that comes into
the place of the running one is taken in by itself.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import partial

from faceidd.access.attendance import Outcome
from faceidd.access.factors import Entry
from faceidd.access.grant import Grants
from faceidd.access.policy import FactorKind
from faceidd.access.ruling import Ruling
from faceidd.access.stale import WhenStale
from faceidd.clock import monotonic, right_time, wall_s
from faceidd.daemon.auditor import Auditor
from faceidd.daemon.beside import Beside
from faceidd.daemon.build import access_rules, build_watch
from faceidd.daemon.commands import Commands
from faceidd.daemon.config import Config
from faceidd.daemon.door_state import DoorState
from faceidd.daemon.freshness import Freshness
from faceidd.daemon.gate import Gate
from faceidd.daemon.inbox import Inbox
from faceidd.daemon.known import Known, entry_devices, prepare, prepare_anew, read_policy
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.recognition import Model
from faceidd.daemon.renewal import Done, Renewal
from faceidd.daemon.telling import Telling
from faceidd.daemon.upkeep import Upkeep
from faceidd.door.door import Door
from faceidd.door.pulse import Answer
from faceidd.door.reader import Reader
from faceidd.door.turnstile import Turnstile
from faceidd.durable import FileState, file_state
from faceidd.events.command_check import CommandCheck, Key
from faceidd.gallery.gallery import Gallery
from faceidd.sync.status import Status
from faceidd.units import Seconds

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
        auditor: Writes down what is decided, and by what.
        metrics: Counts it.
        inbox: Where commands wait.
        seen: State of the gallery's file before it was read.

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
        auditor: Auditor,
        metrics: Metrics,
        inbox: Inbox,
        seen: FileState | None,
        reload: Callable[[Done], None],
    ) -> None:
        self._config, self._model, self._reload = config, model, reload
        self._telling, self._upkeep = telling, upkeep
        self._auditor, self._metrics, self._beside = auditor, metrics, Beside()
        self._known = known = prepare(config, model, gallery, read_policy(config))
        self._state, name = build_state(config), config.door.id
        self._gate = Gate(
            door=door,
            turnstile=Turnstile(door, name, upkeep.boot),
            grants=Grants(name, upkeep.boot),
            policy=known.policy,
            people=known.people,
            state=self._state,
            teller=telling,
            wall_clock=partial(right_time, config.policy.clock_file),
            on_admitted=self._note_admitted,
        )
        self._freshness = build_freshness(config, self._gate, upkeep.synced, self._running)
        self.watch = build_watch(
            config, model, matcher=known.matcher, point=known.point, gate=self._gate, teller=telling
        )
        look = partial(file_state, config.gallery.file)
        self._renewal = Renewal(look, self._prepare, self._take, refused=upkeep.refused, seen=seen)
        self._check: CommandCheck | None = None
        self._commands = None if known.keys is None else self._listen(inbox, known.keys)
        with ExitStack() as stack:
            stack.callback(self._renewal.close)
            for kind, device in entry_devices(config):
                reader = Reader(device, partial(self._enter, kind))
                stack.callback(reader.close)
            self._stack = stack.pop_all()
        self.tell()

    @property
    def policy_state(self) -> FileState | None:
        """Which file the policy is that runs; None without one."""
        return None if self._known.file is None else self._known.file.state

    @property
    def renewing(self) -> bool:
        """Whether a new gallery is being prepared."""
        return self._renewal.busy

    def poll(self, *, hold: bool = False) -> None:
        """Do what commands and schedules ask for; cheap where none does.

        Args:
            hold: Whether no new gallery is to be begun with or taken in now.

        Raises:
            DoorError: The door is closed or broken.
        """
        self._freshness.poll()
        self._gate.poll()
        if self._commands is not None:
            self._commands.poll()
        if not hold:
            self._renewal.poll()

    def prepare(self, config: Config, asked: bool) -> Known:
        """Read policy and gallery as another configuration has them, on any thread.

        Args:
            config: All settings.
            asked: Whether somebody says that the policy's file is whole.

        Raises:
            FaceiddError: They cannot be read, or do not fit; or the policy may be half written.
        """
        file, was = read_policy(config), self._known.file
        if config.policy.file is not None and file is not None and was is not None:
            file.outline.require_whole(config.policy.file, was.outline, asked=asked)
        return prepare_anew(config, self._model, self._known, file)

    def reconfigure(self, config: Config, known: Known) -> None:
        """Go on by another configuration and what was prepared by it; `tell` of it afterwards."""
        self._go_by(config, known)
        after, when = stale_limit(config)
        self._freshness.renew(after=after, when=when)

    def tell(self) -> None:
        """Tell what the door goes by now; nothing that fails here fails the door."""
        known = self._known
        policy = None if known.file is None else known.file.digest
        self._upkeep.runs_with(known.gallery, known.digest, policy)
        self._auditor.loaded(known.gallery, known.digest, policy, known.point)
        self._beside.do(
            "counting the gallery", lambda: self._metrics.loaded(known.gallery, known.point), None
        )

    def close(self) -> None:
        """Let go of keypads and readers. May be called again."""
        self._stack.close()

    def _running(self) -> str:
        return self._known.digest

    def _prepare(self, _asked: bool) -> Known:
        return prepare_anew(self._config, self._model, self._known, self._known.file)

    def _take(self, known: Known) -> None:
        self._go_by(self._config, known)
        self.tell()

    def _go_by(self, config: Config, known: Known) -> None:
        rules = access_rules(config, known.point)
        self._gate.renew(known.policy, known.people)
        # From here on it is only assigned, so that all of it is exchanged or nothing.
        self.watch.renew(known.matcher, rules)
        self._config, self._known = config, known
        if self._check is not None and known.keys is not None:
            self._check.keys = known.keys
        _log.info("taken in anew: a gallery of %d people", len(known.gallery.people))

    def _listen(self, inbox: Inbox, keys: Mapping[str, Key]) -> Commands:
        self._check = CommandCheck(
            door=self._config.door.id,
            keys=keys,
            started_at=int(1000 * wall_s()),
            marks=self._state.marks,
            remember=self._state.remember,
        )
        return Commands(
            inbox=inbox,
            check=self._check,
            gate=self._gate,
            teller=self._telling,
            reload=self._reload,
            identify=self._identify,
            wall_clock=self._command_time,
        )

    def _command_time(self) -> datetime | None:
        now = right_time(self._config.policy.clock_file)
        written_at = self._known.policy.written_at
        return None if now is None or (written_at is not None and now < written_at) else now

    def _note_admitted(self, outcome: Outcome, ruling: Ruling, answer: Answer) -> None:
        self._auditor.admitted(outcome, ruling, answer)
        if answer is Answer.OPENED:
            self._metrics.ruling(ruling)

    def _identify(self) -> None:
        self._telling.identity(
            self._upkeep.boot,
            self._upkeep.up,
            len(self._known.gallery.people),
            self._known.file.digest if self._known.file else None,
            lockdown=self._gate.lockdown,
        )

    def _enter(self, kind: FactorKind, secret: str) -> None:
        self._gate.enter(Entry(kind, secret, monotonic()))


def build_state(config: Config) -> DoorState:
    """Open what must outlive a restart; a door without policy and commands keeps nothing.

    Raises:
        ConfigError: It cannot be read.
    """
    needed = config.policy.file is not None or config.mqtt.commands
    return DoorState(config.policy.state_dir if needed else None, config.door.id)


def build_freshness(
    config: Config,
    gate: Gate,
    on_status: Callable[[Status], None],
    running: Callable[[], str],
) -> Freshness:
    """Put together what watches how old the gallery is.

    Args:
        config: All settings.
        gate: Asks for more, or lets nobody pass, while it is too old.
        on_status: Is told how syncs went.
        running: Says which gallery runs, by its digest.
    """
    after, when = stale_limit(config)
    return Freshness(
        config.sync.state_dir,
        after=after,
        when=when,
        tighten=gate.tighten,
        on_status=on_status,
        running=running,
        wall_clock=partial(right_time, config.policy.clock_file),
    )


def stale_limit(config: Config) -> tuple[Seconds | None, WhenStale]:
    """How old a gallery may be, None is as old as it likes; and what an older one does."""
    hours = config.sync.stale_after_h
    return None if hours is None else Seconds(3600 * hours), WhenStale(config.sync.when_stale)
