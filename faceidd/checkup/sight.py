"""Sight: some seconds of what a camera gives, by a capture process or by the daemon's metrics."""

import time
from dataclasses import dataclass, field

from faceidd.camera.health import PictureHealth
from faceidd.camera.latest import End, LatestFrame
from faceidd.clock import monotonic
from faceidd.daemon.status import OLD_FRAME, Reading, read_metrics
from faceidd.errors import CameraError
from faceidd.units import Instant, Seconds

LONGEST = Seconds(4.0)
"""How long frames are counted, from the first one on."""
SETTLING = Seconds(0.5)
"""What comes sooner is left out: a camera finds its exposure, and a process its pace."""
FROZEN_AFTER = Seconds(2.0)
"""For how long a picture must stay the same here; the daemon takes more time over it."""
_LOG = "see the daemon's log: journalctl -u faceidd"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a camera gave.

    Attributes:
        width: Of the picture as it arrives, pixels; None where no frame came.
        height: Likewise.
        fps: Frames a second; None where too few came to tell.
        lasted: For how long they were counted, seconds.
        faults: What is wrong with the picture -> what was seen of that.
        level: Mean gray level of the newest picture, 0 to 255; None where it is not known.
        opened_s: From the start of its process to the first frame; None where it is not known.
    """

    width: int | None = None
    height: int | None = None
    fps: float | None = None
    lasted: float = 0.0
    faults: dict[str, str] = field(default_factory=dict)
    level: float | None = None
    opened_s: float | None = None


def watch(camera: LatestFrame, health: PictureHealth, longest: Seconds = LONGEST) -> Sight:
    """Open a camera as the daemon does, and count its frames.

    Args:
        camera: Not yet started; it is stopped afterwards.
        health: Judges the picture.
        longest: How long frames are counted.

    Raises:
        CameraError: It cannot be opened, or gives no frame, or is lost meanwhile.
    """
    began = monotonic()
    try:
        camera.start()
        camera.wait_open()
        return _counted(camera, health, began, longest)
    finally:
        camera.stop()


def watch_by_metrics(address: str, longest: Seconds = LONGEST) -> Sight:
    """Have the running daemon say what its camera gives; the camera itself is left alone.

    Args:
        address: Where its metrics are.
        longest: How long frames are counted.

    Raises:
        CameraError: The daemon has lost its camera, or it gives no frames.
        FaceiddError: The daemon does not answer.
    """
    first, began = Reading(read_metrics(address)), monotonic()
    age = first.value("frame_age_seconds")
    if not first.value("camera_online"):
        raise CameraError("the running daemon has lost it", do=_LOG)
    if age is None or age > OLD_FRAME:
        raise CameraError("it gives the running daemon no frames", do=_LOG)
    time.sleep(longest)
    last = Reading(read_metrics(address))
    lasted = Seconds(monotonic() - began)
    given = last.number("camera_frames_total") - first.number("camera_frames_total")
    faults = last.labeled("camera_alert", "alert")
    sides = last.labeled("picture_pixels", "side")
    return Sight(
        width=int(sides["width"]) if "width" in sides else None,
        height=int(sides["height"]) if "height" in sides else None,
        fps=given / lasted if given else None,
        lasted=lasted,
        faults={fault: "" for fault, value in faults.items() if value},
    )


def _counted(camera: LatestFrame, health: PictureHealth, began: Instant, longest: Seconds) -> Sight:
    opened = ends = first = None
    sight = Sight()
    told: dict[str, str] = {}
    while ends is None or monotonic() < ends:  # a camera that gives no first frame is lost in time
        frame = camera.take(Seconds(0.5))
        if frame is End.ENDED:
            break
        if frame is None:
            if not camera.state.online:
                raise CameraError(camera.state.reason, do="see its cable, its power, its address")
            continue
        at = frame.captured_at
        if opened is None:
            opened, ends = at, Instant(at + longest)
        if first is None and at - opened >= SETTLING:
            first = frame.sequence, at
        told |= {alert.fault.value: alert.detail for alert in health.judge(frame)}
        height, width = frame.image.shape[:2]
        lasted = Seconds(0.0 if first is None else at - first[1])
        sight = Sight(
            width,
            height,
            fps=(frame.sequence - first[0]) / lasted if first is not None and lasted > 0 else None,
            lasted=lasted,
            faults={fault.value: told[fault.value] for fault in health.active},
            level=float(frame.image[::8, ::8].mean()),
            opened_s=opened - began,
        )
    return sight
