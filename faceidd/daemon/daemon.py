"""The daemon: started as a list, stopped in reverse but for the door, which is shut first."""

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
from faceidd.daemon.entrance import Entrance
from faceidd.daemon.following import Following
from faceidd.daemon.inbox import Inbox
from faceidd.daemon.measuring import serve_metrics
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.metrics_state import MetricsState, Probes
from faceidd.daemon.nudge import Nudge
from faceidd.daemon.open_folders import warn_of_open_folders
from faceidd.daemon.outlets import Outlets
from faceidd.daemon.pins import driven, relay_settings
from faceidd.daemon.recognition import build_model
from faceidd.daemon.recorded_telling import RecordedTelling
from faceidd.daemon.showing import Showing
from faceidd.daemon.snapshots_build import build_photographer
from faceidd.daemon.systemd import notify
from faceidd.daemon.upkeep import Upkeep
from faceidd.daemon.watch import Look
from faceidd.daemon.wiring import build_door, build_inputs
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
        camera: Where frames come from, not yet started; None for the configuration's.

    Raises:
        FaceiddError: Something is missing or wrong; nothing is left running.
    """

    def __init__(self, config: Config, *, camera: LatestFrame | None = None) -> None:
        self._name = config.door.id
        with ExitStack() as stack:
            if pins := driven(config.door):
                stack.enter_context(claimed(claim_folder(), config.door.id, pins))
            self.relay = open_relay(relay_settings(config.door))
            stack.callback(self.relay.close)
            self._auditor = stack.enter_context(closing(build_auditor(config)))
            stack.push(lambda _, fault, __: self._auditor.ends(fault))
            self._auditor.started(config)
            self._metrics, self._beside = Metrics(), Beside()
            self._attention, self._health = build_attention(config), build_health(config)
            self._camera = build_camera(config) if camera is None else camera
            stack.callback(self._camera.stop)
            self._camera.start()  # it opens while the networks are loaded
            model = build_model(config)
            model.recognizer.on_stage = self._metrics.stage
            seen = file_state(config.gallery.file)
            gallery = build_gallery(config, model)
            self._following = Following(config, model.recognizer.model_id)
            outlets, showing = self._open_outlets(config, inbox := Inbox(), stack)
            telling = RecordedTelling(
                outlets,
                config.door.id,
                Seconds(config.mqtt.event_expiry_s),
                auditor=self._auditor,
                metrics=self._metrics,
                site=config.door.site,
            )
            self._door = build_door(config, self.relay, telling, showing)
            stack.callback(self._door.close)
            self._inputs = stack.enter_context(closing(build_inputs(config, self._door)))
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
            )
            stack.enter_context(closing(self._entrance))
            self._measure(config, outlets)
            if server := serve_metrics(config, self._metrics):
                stack.enter_context(closing(server))
            self._camera.wait_open_or_lost()  # last: exit button and fire input need no camera
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        # All that is waited for here fits the unit's TimeoutStopSec=15, seconds at the most: door
        # 1, metrics 0.5, renewal 0.5, inputs 0.5, pictures 1, broker and web server together 3,
        # outbox 2, camera 0.5, audit log 3: 12. tests/daemon/test_stopping.py adds them up.
        notify("STOPPING=1")
        self._auditor.ends(raised[1] if raised else None)
        try:
            self._door.close()  # before anything else that could wait
        finally:
            self._stack.close()
            self._following.close()

    def run(self, stop: threading.Event, observe: Callable[[Look], None] = lambda _: None) -> None:
        """Look at the frames that deserve it until the source ends or `stop` is set.

        Args:
            stop: Set to end.
            observe: Sees every look, after its consequences.

        Raises:
            FaceiddError: The door is broken, or nothing but faults was seen for many frames.
        """
        notify("READY=1")
        self._upkeep.started()
        _log.info("door %s is watched", self._name)
        while not stop.is_set():
            frame = self._camera.take(FRAME_WAIT)
            self._door.check()
            self._inputs.check()
            self._entrance.poll()
            self._nudge.poll()
            self._following.poll()
            self._upkeep.poll(self._camera.state)
            notify("WATCHDOG=1")
            if frame is End.ENDED:
                _log.info("the recording has ended")
                return
            if frame is None:
                continue
            self._consider(frame, observe)

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
        somebody = look.found_somebody
        do("noting a look", lambda: self._attention.note(at, somebody=somebody), None)
        do("measuring a look", lambda: self._metrics.look(look, monotonic()), None)
        if (photographer := self._photographer) is not None:  # after the door has moved
            do("taking a snapshot", lambda: photographer.see(frame, look.outcomes), None)
        observe(look)

    def _measure(self, config: Config, outlets: Outlets) -> None:
        """Have the metrics say how all parts are."""
        door, camera, health = self._door, self._camera, self._health
        photographer = self._photographer
        probes = Probes(
            newest_frame=lambda: self._metrics.newest_frame,
            camera=lambda: camera.state,
            picture=lambda: health.active,
            door=lambda: door.situation,
            broker=outlets.broker_online,
            outbox=outlets.health,
            missed=None if photographer is None else lambda: photographer.missed,
            durable=config.events.durable,
            audit=self._auditor.writer,
            gallery=config.gallery.file,
            sync=config.sync.state_dir,
            capture=lambda: camera.pid,
        )
        self._metrics.registry.register(MetricsState(probes))
