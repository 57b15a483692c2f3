"""Network cameras over OpenCV's FFmpeg: RTSP over TCP, and MJPEG over HTTP.

FFmpeg decodes on one thread, which leaves the other cores to the models and adds no frame of
delay; ask a camera for its smaller stream. TLS certificates are not verified: FFmpeg does so
only when told, and cameras rarely have one that could be.
"""

import socket
from urllib.parse import urlsplit

import cv2

from faceidd.camera.address import masked
from faceidd.camera.frame import Frame
from faceidd.camera.opencv import Capture
from faceidd.clock import Clock, monotonic
from faceidd.errors import CameraError
from faceidd.units import Seconds

# FFmpeg studies a new stream before it gives the first frame, and then gives all that it kept
# meanwhile in one burst. Not counting frames per second keeps the study, and so the age of the
# first frames, to about 0.3 s instead of 1.2 s. (`nobuffer` would throw away the first key
# frame: a camera with rare key frames would then never come up within its read time-out.)
_FFMPEG_OPTIONS = "rtsp_transport;tcp|fpsprobesize;0|analyzeduration;500000"

_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_PROBE_S = 2.0


class StreamCamera:
    """A camera on the network. See `FrameSource` for its methods' contract.

    Args:
        url: rtsp, rtsps, http or https; user and password may be in it.
        open_timeout_s: Longest wait for the stream to open.
        read_timeout_s: Longest wait for one frame.
        clock: Tells when an image was taken.
    """

    live = True

    def __init__(
        self,
        url: str,
        *,
        open_timeout_s: Seconds,
        read_timeout_s: Seconds,
        clock: Clock = monotonic,
    ) -> None:
        self.name = masked(url)
        self._url = url
        self._open_timeout_s = open_timeout_s
        self._read_timeout_s = read_timeout_s
        self._clock = clock
        self._capture = Capture(self.name, clock)

    def open(self) -> None:
        """Connect and wait for the stream's description.

        Raises:
            CameraError: Nothing answers, or what answers is no video for us.
        """
        parameters = (
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(self._open_timeout_s * 1000)),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(self._read_timeout_s * 1000)),
            *(cv2.CAP_PROP_N_THREADS, 1),
        )
        if not self._capture.open(self._url, cv2.CAP_FFMPEG, parameters, _FFMPEG_OPTIONS):
            raise CameraError(
                f"camera {self.name} cannot be opened: {_reason(self._url)}",
                do="check that the camera is on, its address, user and password",
            )

    def read(self) -> Frame | None:
        """Wait for the next frame; never None, for a camera has no end.

        Raises:
            CameraError: Not open, the connection ended, or no frame came in time.
        """
        started = self._clock()
        frame = self._capture.read()
        if frame is None:
            raise CameraError(
                f"camera {self.name} gives no more frames: the stream ended, "
                f"or nothing came for {self._read_timeout_s:g} s",
                do="check the camera and its network",
            )
        # After a time-out FFmpeg still gives what its decoder held back: an image of long ago.
        if frame.captured_at - started >= self._read_timeout_s:
            raise CameraError(
                f"camera {self.name} gave nothing for {self._read_timeout_s:g} s",
                do="check the camera and its network",
            )
        return frame

    def close(self) -> None:
        """Disconnect; harmless when not connected."""
        self._capture.close()


def _reason(url: str) -> str:
    """Why the URL could not be opened, found out by knocking at its port."""
    try:
        parts = urlsplit(url)
        where = (parts.hostname or "", parts.port or _PORTS[parts.scheme])
    except ValueError:
        return "its address is malformed"
    if not where[0]:
        return "its address names no host"
    try:
        socket.create_connection(where, timeout=_PROBE_S).close()
    except OSError as error:
        return f"{where[0]} port {where[1]}: {error}"
    return f"{where[0]} port {where[1]} answers, but gives no video"
