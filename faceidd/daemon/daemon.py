"""The daemon: started as a list, stopped in reverse."""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Self

from faceidd.camera.latest import End
from faceidd.daemon.build import build_attention, build_camera, build_gallery, build_health
from faceidd.daemon.claim import claim_folder, claimed
from faceidd.daemon.config import Config
from faceidd.daemon.entrance import Entrance
from faceidd.daemon.inbox import Inbox
from faceidd.daemon.outlets import Outlets
from faceidd.daemon.pins import driven, relay_settings
from faceidd.daemon.recognition import build_model
from faceidd.daemon.showing import Showing
from faceidd.daemon.systemd import notify
from faceidd.daemon.telling import Telling
from faceidd.daemon.upkeep import Upkeep
from faceidd.daemon.watch import Look
from faceidd.daemon.wiring import build_door, build_inputs
from faceidd.door.relay import open_relay
from faceidd.events.state_board import StateBoard
from faceidd.units import Seconds

FRAME_WAIT = Seconds(0.5)
"""Longest wait for a frame before the daemon looks whether it should stop."""

_log = logging.getLogger(__name__)


class Daemon:
    """One running door. Use it as a context: the relay is at rest before and after.

    Args:
        config: What to run.

    Raises:
        FaceiddError: Something is missing or wrong; nothing is left running.
    """

    def __init__(self, config: Config) -> None:
        self._name = config.door.id
        with ExitStack() as stack:
            if pins := driven(config.door):
                stack.enter_context(claimed(claim_folder(), config.door.id, pins))
            self.relay = open_relay(relay_settings(config.door))
            stack.callback(self.relay.close)
            self._attention, self._health = build_attention(config), build_health(config)
            self._camera = build_camera(config)
            stack.callback(self._camera.stop)
            self._camera.start()  # it opens while the networks are loaded
            model = build_model(config)
            gallery = build_gallery(config, model)
            self._camera.wait_open()
            inbox = Inbox()
            board = StateBoard()
            outlets = stack.enter_context(closing(Outlets(config, board, inbox.receive)))
            telling = Telling(
                outlets,
                config.door.id,
                Seconds(config.mqtt.event_expiry_s),
                site=config.door.site,
            )
            showing = Showing(board, config)
            stack.callback(showing.door_at_rest)
            self._upkeep = Upkeep(config, outlets, showing, outlets.health)
            self._door = stack.enter_context(
                closing(build_door(config, self.relay, telling, showing))
            )
            self._inputs = stack.enter_context(closing(build_inputs(config, self._door)))
            self._entrance = Entrance(
                config,
                model,
                gallery=gallery,
                door=self._door,
                telling=telling,
                upkeep=self._upkeep,
                inbox=inbox,
            )
            stack.enter_context(closing(self._entrance))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        notify("STOPPING=1")
        self._stack.close()

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
            self._upkeep.poll(self._camera.state)
            notify("WATCHDOG=1")
            if frame is End.ENDED:
                _log.info("the recording has ended")
                return
            if frame is None:
                continue
            for alert in self._health.judge(frame):
                self._upkeep.picture(alert)
            if self._attention.wants(frame):
                look = self._entrance.watch.look(frame)
                self._attention.note(frame.captured_at, somebody=look.found_somebody)
                observe(look)
