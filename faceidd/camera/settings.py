"""CameraSettings: what the configuration says of the camera, already checked for its ranges."""

from dataclasses import dataclass, field
from typing import Literal

from faceidd.camera.pace import Pace
from faceidd.units import Seconds

Rotation = Literal[0, 90, 180, 270]
"""Degrees clockwise."""

OPEN_TIMEOUT_S = Seconds(10.0)
READ_TIMEOUT_S = Seconds(5.0)
RECONNECT_MIN_S = Seconds(1.0)
RECONNECT_MAX_S = Seconds(30.0)


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """How to reach a camera and how to read it.

    Attributes:
        source: Device number or path, stream URL, video file or folder of images. Kept out of
            the representation, for a URL may carry a password.
        width: Pixels asked of a device, or None for its own choice.
        height: Pixels asked of a device, or None for its own choice.
        fps: Frames per second asked of a device; the pace of a folder, which without it is read
            as fast as possible. Streams and video files have their own.
        fourcc: Four letters of the pixel format asked of a device (`MJPG`, `YUYV`), or None.
        exposure_ms: Exposure asked of a device or libcamera in milliseconds, or None to leave it.
        pace: How a video file is played.
        open_timeout_s: Longest wait for a stream to open.
        read_timeout_s: Longest wait for one frame of a camera; a device counts whole seconds.
        rotate: Clockwise turn that sets the image upright, degrees.
        reconnect_min_s: First pause before a lost camera is opened again.
        reconnect_max_s: Longest such pause.
    """

    source: int | str = field(repr=False)
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    fourcc: str | None = None
    exposure_ms: float | None = None
    pace: Pace = Pace.REAL_TIME
    open_timeout_s: Seconds = OPEN_TIMEOUT_S
    read_timeout_s: Seconds = READ_TIMEOUT_S
    rotate: Rotation = 0
    reconnect_min_s: Seconds = RECONNECT_MIN_S
    reconnect_max_s: Seconds = RECONNECT_MAX_S
