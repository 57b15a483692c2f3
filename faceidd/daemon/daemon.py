"""The daemon: started as a list, stopped in reverse."""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Self

from faceidd.camera.latest import End
from faceidd.daemon.build import build_camera, build_gallery, build_sink
from faceidd.daemon.claim import claim_folder, claimed
from faceidd.daemon.config import Config
from faceidd.daemon.entrance import Entrance
from faceidd.daemon.inbox import Inbox
from faceidd.daemon.pins import driven, relay_settings
from faceidd.daemon.recognition import build_model
from faceidd.daemon.renewal import file_state
from faceidd.daemon.systemd import notify
from faceidd.daemon.telling import Telling
from faceidd.daemon.watch import Look
from faceidd.daemon.wiring import build_door, build_inputs
from faceidd.door.relay import open_relay
from faceidd.errors import CameraError
from faceidd.units import Seconds

FRAME_WAIT = Seconds(0.5)
"""Longest wait for a frame before the daemon looks whether it should stop."""
HANG_MARGIN = Seconds(10.0)
"""Added to the camera's own time-outs before its driver is taken to hang."""

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
        self._hang = hang_limit(config)
        with ExitStack() as stack:
            if pins := driven(config.door):
                stack.enter_context(claimed(claim_folder(), config.door.id, pins))
            self.relay = open_relay(relay_settings(config.door))
            stack.callback(self.relay.close)
            model = build_model(config)
            seen = file_state(config.gallery.file)
            gallery = build_gallery(config, model)
            self._camera = build_camera(config)
            stack.callback(self._camera.stop)
            self._camera.start()
            inbox = Inbox()
            sink = stack.enter_context(closing(build_sink(config, inbox.receive)))
            telling = Telling(sink, config.door.id, Seconds(config.mqtt.event_expiry_s))
            self._door = stack.enter_context(closing(build_door(config, self.relay, telling)))
            self._inputs = stack.enter_context(closing(build_inputs(config, self._door)))
            self._entrance = Entrance(
                config,
                model,
                gallery=gallery,
                door=self._door,
                telling=telling,
                inbox=inbox,
                seen=seen,
            )
            stack.enter_context(closing(self._entrance))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        notify("STOPPING=1")
        self._stack.close()

    def run(self, stop: threading.Event, observe: Callable[[Look], None] = lambda _: None) -> None:
        """Look at frames until the source ends or `stop` is set.

        Args:
            stop: Set to end.
            observe: Sees every look, after its consequences.

        Raises:
            FaceiddError: The door is broken, the camera cannot be read any more, or nothing but
                faults was seen for many frames.
        """
        notify("READY=1")
        _log.info("door %s is watched", self._name)
        while not stop.is_set():
            frame = self._camera.take(FRAME_WAIT)
            self._door.check()
            self._inputs.check()
            self._entrance.poll()
            notify("WATCHDOG=1")
            if frame is End.ENDED:
                _log.info("the recording has ended")
                return
            if frame is not None:
                observe(self._entrance.watch.look(frame))
            elif self._camera.unanswered > self._hang:
                raise CameraError(
                    f"the camera has not answered for {self._hang:.0f} s: its driver hangs",
                    do="see the kernel's log; the service restarts by itself",
                )


def hang_limit(config: Config) -> Seconds:
    """How long one call to the camera may last before its driver is taken to hang."""
    camera = config.camera
    return Seconds(max(camera.open_timeout_s, camera.read_timeout_s) + HANG_MARGIN)
