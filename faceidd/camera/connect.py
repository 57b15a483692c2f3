"""connect: from the camera's settings to the source they describe."""

from faceidd.camera.address import Kind, parse
from faceidd.camera.folder import ImageFolder
from faceidd.camera.picamera2 import LibcameraCamera
from faceidd.camera.rotated import Rotated
from faceidd.camera.settings import CameraSettings
from faceidd.camera.source import FrameSource
from faceidd.camera.stream import StreamCamera
from faceidd.camera.v4l2 import V4l2Camera
from faceidd.camera.video import VideoFile
from faceidd.clock import Clock, monotonic


def connect(settings: CameraSettings, clock: Clock = monotonic) -> FrameSource:
    """Make the source that the settings describe, not yet opened.

    Args:
        settings: Which source and how to read it.
        clock: Tells when an image was taken.

    Raises:
        CameraError: The address is of no known kind or leads nowhere.
    """
    source = _source(settings, clock)
    return Rotated(source, settings.rotate) if settings.rotate else source


def _source(settings: CameraSettings, clock: Clock) -> FrameSource:
    address = parse(settings.source)
    match address.kind:
        case Kind.DEVICE:
            return V4l2Camera(
                address.target,
                width=settings.width,
                height=settings.height,
                fps=settings.fps,
                fourcc=settings.fourcc,
                exposure_ms=settings.exposure_ms,
                read_timeout_s=settings.read_timeout_s,
                clock=clock,
            )
        case Kind.LIBCAMERA:
            return LibcameraCamera(
                int(address.target),
                width=settings.width,
                height=settings.height,
                fps=settings.fps,
                exposure_ms=settings.exposure_ms,
                clock=clock,
            )
        case Kind.STREAM:
            return StreamCamera(
                address.target,
                open_timeout_s=settings.open_timeout_s,
                read_timeout_s=settings.read_timeout_s,
                clock=clock,
            )
        case Kind.FOLDER:
            return ImageFolder(address.target, fps=settings.fps, clock=clock)
        case Kind.VIDEO:
            return VideoFile(address.target, pace=settings.pace, clock=clock)
