"""A network camera on the loopback: H.264 over RTSP from gst-rtsp-server.

Needs the distribution's Python with GStreamer (Debian: gir1.2-gst-rtsp-server-1.0 and
python3-gi), which is why the server is a process of its own: this very file, run as a program.
"""

import subprocess
import sys
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Self

SYSTEM_PYTHON = "/usr/bin/python3"
NO_GSTREAMER = 3


class RtspUnavailableError(Exception):
    """This machine lacks the RTSP server."""


class RtspCamera:
    """Shows the JPEG files 000.jpg, 001.jpg ... of a folder in a loop.

    Args:
        folder: Where the pictures are.
        fps: Pictures per second.
        port: Where to listen; 0 takes a free one.
    """

    def __init__(self, folder: Path, *, fps: int = 25, port: int = 0) -> None:
        if not Path(SYSTEM_PYTHON).exists():
            raise RtspUnavailableError(f"no {SYSTEM_PYTHON}")
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, "-I", __file__, str(folder), str(fps), str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = self._process.stdout.readline().strip()
        if not self.port:
            _, said = self._process.communicate()
            if self._process.returncode == NO_GSTREAMER:
                raise RtspUnavailableError(said)
            raise RuntimeError(said)

    @property
    def url(self) -> str:
        """Where the pictures are."""
        return f"rtsp://127.0.0.1:{self.port}/door"

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def freeze(self) -> None:
        """Send nothing from now on, but keep every connection."""
        self._process.send_signal(SIGSTOP)

    def thaw(self) -> None:
        """Send again."""
        self._process.send_signal(SIGCONT)

    def close(self) -> None:
        """Die, as in a power cut."""
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _serve(folder: str, fps: str, port: str) -> None:
    try:
        import gi  # type: ignore[import-not-found]  # noqa: PLC0415 - installed on the machine, not here

        gi.require_version("Gst", "1.0")
        gi.require_version("GstRtspServer", "1.0")
        from gi.repository import (  # type: ignore[import-not-found]  # noqa: PLC0415 - installed on the machine, not here
            GLib,
            Gst,
            GstRtspServer,
        )
    except (ImportError, ValueError) as error:
        sys.stderr.write(f"GStreamer's RTSP server is not installed: {error}\n")
        sys.exit(NO_GSTREAMER)
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( multifilesrc location={folder}/%03d.jpg loop=true caps=image/jpeg,framerate={fps}/1"
        " ! identity sync=true ! jpegdec ! videoconvert ! openh264enc gop-size=25"
        " ! rtph264pay name=pay0 config-interval=1 )"
    )
    factory.set_shared(True)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/door", factory)
    server.attach(None)
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
