"""The capture process: reads one source until it is lost or ends, and then ends itself.

A program of its own, `python -m faceidd.camera.capture PARENT FD FD FD FD FD`, started and ended
by `CaptureProcess`. It opens its source once: whatever goes wrong, the next process starts
from nothing, so a driver's leaks, threads and half-open connections end with it. It imports what
its source needs and nothing else of faceidd.
"""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from socket import socket

from faceidd.camera.news import (
    Ended,
    Lost,
    Opened,
    Opening,
    Said,
    receive_settings,
    send_news,
)
from faceidd.camera.settings import CameraSettings
from faceidd.camera.slots import Ends, SlotWriter
from faceidd.camera.source import FrameSource
from faceidd.errors import CameraError

NICENESS = 2
"""A little behind the daemon: a frame that comes late is worth less than a door that shuts late."""

_PR_SET_PDEATHSIG = 1

Connect = Callable[[CameraSettings], FrameSource]


def main(arguments: list[str], connect: Connect | None = None) -> None:
    """Capture until the source is lost or ends, or the parent does.

    Args:
        arguments: The parent's process id, then the descriptors of the news and of the slots.
        connect: Makes the source; None for `connect.connect`.
    """
    parent, news, *ends = map(int, arguments)
    _die_with(parent)
    with suppress(OSError):  # where the service's hardening refuses it, all are equally nice
        os.nice(NICENESS)
    channel = socket(fileno=news)
    _log_to(channel)
    with suppress(OSError, EOFError):  # the parent is gone, and so shall we be
        settings = receive_settings(channel)
        try:
            _capture(settings, channel, Ends(*ends), connect or _connect)
        except CameraError as error:
            send_news(channel, Lost(error.what, error.do))
        except (EOFError, OSError):
            raise
        except Exception as error:  # a fault of ours or of a library's, told like any other
            logging.getLogger(__name__).exception("capture failed")
            send_news(channel, Lost(f"capture failed: {error!r}", "report this as a bug"))


def _capture(settings: CameraSettings, channel: socket, ends: Ends, connect: Connect) -> None:
    send_news(channel, Opening())
    source = connect(settings)
    source.open()
    try:
        send_news(channel, Opened())
        writer = SlotWriter(ends, wait=not source.live)
        while True:
            writer.claim()  # first, so that what waits for its reader is read when it is due
            frame = source.read()
            if frame is None:
                send_news(channel, Ended())
                return
            writer.write(frame)
    finally:
        source.close()


def _connect(settings: CameraSettings) -> FrameSource:
    from faceidd.camera.connect import connect  # noqa: PLC0415 - imports OpenCV, which takes time

    return connect(settings)


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that comes about."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that was said
        sys.exit()


def _log_to(channel: socket) -> None:
    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            with suppress(OSError):
                send_news(channel, Said(record.levelno, self.format(record)))

    logging.basicConfig(level=logging.INFO, handlers=[Handler()])


if __name__ == "__main__":
    main(sys.argv[1:])
