"""The daemon: started as a list, stopped in reverse but for the door, which is shut first.

It is ready only after a self-test, and alive only while its stages move (`vitals`).
"""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Self

from faceidd.camera.frame import Frame
from faceidd.camera.health import PictureAlert
from faceidd.camera.latest import End, LatestFrame
from faceidd.clock import monotonic
from faceidd.daemon.auditing import build_auditor
from faceidd.daemon.beside import Beside
from faceidd.daemon.build import build_attention, build_camera, build_gallery, build_health
from faceidd.daemon.claim import claim_folder, claimed
from faceidd.daemon.config import Config
from faceidd.daemon.config_file import ConfigFile
from faceidd.daemon.entrance import Entrance
from faceidd.daemon.following import Following
from faceidd.daemon.inbox import Inbox
from faceidd.daemon.measuring import build_state, serve_metrics
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.nudge import Nudge
from faceidd.daemon.open_folders import warn_of_open_folders
from faceidd.daemon.outlets import Outlets
from faceidd.daemon.pins import driven, relay_settings
from faceidd.daemon.recognition import Model, build_model
from faceidd.daemon.recorded_telling import RecordedTelling
from faceidd.daemon.reload import Anew, Reload
from faceidd.daemon.self_test import prove_networks, require_rest
from faceidd.daemon.showing import Showing
from faceidd.daemon.snapshots_build import build_photographer
from faceidd.daemon.supervisor import Doing, Supervisor
from faceidd.daemon.upkeep import Upkeep
from faceidd.daemon.vitals import Signs, Vitals
from faceidd.daemon.watch import Look
from faceidd.daemon.wiring import build_door, build_inputs, door_rules
from faceidd.door.relay import open_relay
from faceidd.durable import file_state
from faceidd.events.state_board import StateBoard
from faceidd.units import Seconds

FRAME_WAIT = Seconds(0.5)
"""Longest wait for a frame before the daemon looks whether it should stop."""

_NO_ALERTS: tuple[PictureAlert, ...] = ()
_log = logging.getLogger(__name__)


class Daemon:
    """One running door. Use it as a context: the relay is at rest before and after.

    Args:
        config: What to run.
        file: Where it was read, to be read again at a reload; None reloads policy and gallery only.
        on_config: Is told of other settings that are in force from now on.
        camera: Where frames come from, not yet started; None for the configuration's.

    Raises:
        FaceiddError: Something is missing or wrong; nothing is left running.
    """

    def __init__(
        self,
        config: Config,
        file: ConfigFile | None = None,
        on_config: Callable[[Config], None] = lambda _: None,
        *,
        camera: LatestFrame | None = None,
    ) -> None:
        self._config, self._on_config = config, on_config
        self._supervisor, self._vitals = Supervisor(), Vitals(config.detector.idle_look_s)
        self._metrics, self._beside = Metrics(), Beside()
        self._attention, self._health = build_attention(config), build_health(config)
        with ExitStack() as stack:
            self._claim_pins(stack)
            self._open_audit_log(stack)
            self._start_camera(camera, stack)  # it opens while the networks are loaded
            model = self._load_networks()
            seen = file_state(config.gallery.file)
            gallery = build_gallery(config, model)
            outlets, showing = self._open_outlets(config, inbox := Inbox(), stack)
            telling = self._build_telling(outlets)
            self._open_door(telling, showing, stack)
            self._entrance = Entrance(
                config,
                model,
                gallery=gallery,
                door=self._door,
                telling=telling,
                upkeep=self._upkeep,
                auditor=self._auditor,
                metrics=self._metrics,
                inbox=inbox,
                seen=seen,
                reload=lambda done: self._reload.ask(done),  # noqa: PLW0108 - it is made afterwards
            )
            stack.enter_context(closing(self._entrance))
            self._reload = Reload(
                file,
                config,
                policy=self._entrance.policy_state,
                prepare=self._entrance.prepare,
                take=self._take_anew,
                upkeep=self._upkeep,
                supervisor=self._supervisor,
            )
            stack.enter_context(closing(self._reload))
            self._serve_metrics(outlets, stack)
            self._door.check()  # its deadline thread lives
            self.camera.wait_recording_open()  # last: exit button and fire input need no camera
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        # All that is waited for here fits the unit's TimeoutStopSec=15, seconds at the most: door
        # 1, metrics 0.5, reload 0.5, renewal 0.5, inputs 0.5, pictures 1, broker and web server 3
        # together, outbox 2, camera 0.5, audit log 3: 12.5. tests/daemon/test_stopping.py adds up.
        self._supervisor.stopping()
        self._auditor.ends(raised[1] if raised else None)
        try:
            self._door.close()  # before anything else that could wait
        finally:
            self._stack.close()
            self._following.close()

    def run(
        self,
        stop: threading.Event,
        observe: Callable[[Look], None] = lambda _: None,
        reload: threading.Event | None = None,
    ) -> None:
        """Look at the frames that deserve it until the source ends or `stop` is set.

        Args:
            stop: Set to end.
            observe: Sees every look, after its consequences.
            reload: Set to read configuration, policy and gallery anew; it is cleared.

        Raises:
            FaceiddError: The door is broken, or nothing but faults was seen for many frames.
        """
        self._supervisor.ready(self._status())
        self._upkeep.started()
        _log.info("door %s is watched", self._config.door.id)
        while not stop.is_set():
            frame = self.camera.take(FRAME_WAIT)
            if reload is not None and reload.is_set():
                reload.clear()
                self._reload.ask_aloud()
            self._poll()
            if frame is End.ENDED:
                _log.info("the recording has ended")
                return
            if frame is not None:
                self._vitals.framed(monotonic())
                self._consider(frame, observe)

    def _poll(self) -> None:
        """Do what is due between two frames, and tell the service manager how all is."""
        self._door.check()
        self._inputs.check()
        self._entrance.poll(hold=self._reload.busy)
        if not self._entrance.renewing:  # what is taken in is never older than what runs
            self._reload.poll()
        self._nudge.poll()
        self._following.poll()
        self._upkeep.poll(self.camera.state)
        signs = Signs(self.camera.answer_by, self._upkeep.loss_told, self._door.kept_at)
        self._supervisor.alive(self._vitals.hung(monotonic(), signs))
        self._supervisor.status(self._status())

    def _status(self) -> str:
        camera, door = self.camera.state, self._door.situation.state
        lost, watching = None if camera.online else str(camera.reason), self._vitals.has_decided
        return str(Doing(self._config.door.id, door, lost, watching, self._reload.note))

    def _serve_metrics(self, outlets: Outlets, stack: ExitStack) -> None:
        self._metrics.registry.register(
            build_state(
                self._config,
                self._metrics,
                door=self._door,
                camera=self.camera,
                health=self._health,
                outlets=outlets,
                photographer=self._photographer,
                audit=self._auditor.writer,
            )
        )
        if server := serve_metrics(self._config, self._metrics):
            stack.enter_context(closing(server))

    def _take_anew(self, anew: Anew) -> None:
        """Go on by other settings, and by what was read with them; all of it, or a fault first."""
        was, config = self._config, anew.change.config
        same = config.detector == was.detector
        attention = self._attention if same else build_attention(config)
        rules = door_rules(config)
        self._entrance.reconfigure(config, anew.known)
        self._door.renew(rules)
        self._config, self._attention = config, attention
        self._vitals.idle_look = config.detector.idle_look_s
        self._upkeep.renew(config)
        # Told when it is so.
        if anew.change.changed:
            self._auditor.reconfigured(was, config)
        self._entrance.tell()
        self._beside.do("telling of other settings", lambda: self._on_config(config), None)

    def _claim_pins(self, stack: ExitStack) -> None:
        """Take hold of the relay's pin, driven to rest and read back there; it is never pulsed."""
        config = self._config
        self._supervisor.starting("claiming the pins")
        if pins := driven(config.door):
            stack.enter_context(claimed(claim_folder(), config.door.id, pins))
        self.relay = open_relay(relay_settings(config.door))
        stack.callback(self.relay.close)
        require_rest(self.relay, config.door.pin)

    def _open_audit_log(self, stack: ExitStack) -> None:
        self._auditor = stack.enter_context(closing(build_auditor(self._config)))
        stack.push(lambda _, fault, __: self._auditor.ends(fault))
        self._auditor.started(self._config)

    def _start_camera(self, camera: LatestFrame | None, stack: ExitStack) -> None:
        self.camera = build_camera(self._config) if camera is None else camera
        stack.callback(self.camera.stop)
        self.camera.start()

    def _load_networks(self) -> Model:
        """Load the networks, and have them give the answers that are known."""
        self._supervisor.starting("loading the networks")
        model = build_model(self._config)
        self._supervisor.starting("testing itself")
        prove_networks(self._config, model)
        model.recognizer.on_stage = self._metrics.stage
        self._following = Following(self._config, model.recognizer.model_id)
        return model

    def _build_telling(self, outlets: Outlets) -> RecordedTelling:
        config = self._config
        return RecordedTelling(
            outlets,
            config.door.id,
            Seconds(config.mqtt.event_expiry_s),
            auditor=self._auditor,
            metrics=self._metrics,
            site=config.door.site,
        )

    def _open_door(self, telling: RecordedTelling, showing: Showing, stack: ExitStack) -> None:
        self._door = build_door(self._config, self.relay, telling, showing)
        stack.callback(self._door.close)
        self._inputs = stack.enter_context(closing(build_inputs(self._config, self._door)))

    def _open_outlets(
        self, config: Config, inbox: Inbox, stack: ExitStack
    ) -> tuple[Outlets, Showing]:
        """Open all whom the door tells, and what tells them of the device behind it."""
        warn_of_open_folders(config)
        board = StateBoard()
        self._nudge = Nudge(claim_folder())
        self._photographer = build_photographer(config)
        outlets = Outlets(config, board, inbox.receive, self._nudge.receive, self._photographer)
        stack.enter_context(closing(outlets))
        if self._photographer is not None:  # its last pictures are still sent
            stack.enter_context(closing(self._photographer))
        showing = Showing(board, config)
        stack.callback(showing.door_at_rest)
        self._upkeep = Upkeep(config, outlets, showing, outlets.health, boot=self._auditor.boot)
        return outlets, showing

    def _consider(self, frame: Frame, observe: Callable[[Look], None]) -> None:
        do = self._beside.do
        do("counting a frame", lambda: self._metrics.frame(frame), None)
        for alert in do("judging the picture", lambda: self._health.judge(frame), _NO_ALERTS):
            self._upkeep.picture(alert)
        # Where nobody can say whether something moves, somebody may be there.
        if do("sensing motion", lambda: self._attention.wants(frame), otherwise=True):
            self._look(frame, observe)

    def _look(self, frame: Frame, observe: Callable[[Look], None]) -> None:
        do, at = self._beside.do, frame.captured_at
        look = self._entrance.watch.look(frame)
        if look.fault is None:
            self._vitals.decided()
        somebody = look.found_somebody
        do("noting a look", lambda: self._attention.note(at, somebody=somebody), None)
        do("measuring a look", lambda: self._metrics.look(look, monotonic()), None)
        if (photographer := self._photographer) is not None:  # after the door has moved
            do("taking a snapshot", lambda: photographer.see(frame, look.outcomes), None)
        observe(look)
