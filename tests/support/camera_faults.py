"""Loses network cameras in every way, again and again: `camera_faults.py TIMES`.

A real RTSP server and a real MJPEG server are killed, frozen, slowed, switched to another
resolution and made to send garbage, for a while that chance decides, and are well again. Each time
frames must come back within `BOUND_S`; in the end no process, thread or descriptor may be left, and
no memory.
"""

import random
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from support.faulty_camera import Fault, FaultyMjpeg, FaultyRtsp
from support.rtsp_camera import RtspUnavailableError

from faceidd.camera.capture_process import OPEN_MARGIN_S
from faceidd.camera.frame import Frame
from faceidd.camera.latest import LatestFrame
from faceidd.camera.settings import CameraSettings
from faceidd.clock import monotonic
from faceidd.units import Seconds

OPEN_S, READ_S, PAUSE_S = Seconds(1.0), Seconds(0.5), Seconds(0.25)
START_S = 3.0
"""For a process to start and a stream to give its first picture, on a busy machine."""
BOUND_S = OPEN_S + OPEN_MARGIN_S + PAUSE_S + START_S
"""From when a camera is well again to its next frame, at most: it was just being opened in vain."""
LONGEST_S = 2.0
WARM_UP = 20
"""Losses after which memory is expected to stay as it is."""
MOST_SLOPE = 1024
"""Bytes a loss."""


class NotRecoveredError(Exception):
    """A camera is well, and no frame came of it in time; or something was left."""


def lose(camera: FaultyMjpeg | FaultyRtsp, faults: Sequence[Fault], seed: int) -> "Losses":
    """Let a camera fail and be well again, once for each fault.

    Raises:
        NotRecoveredError: A frame came too late, or something was left.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, no secrets
    latest = LatestFrame(
        CameraSettings(
            camera.url,
            open_timeout_s=OPEN_S,
            read_timeout_s=READ_S,
            reconnect_min_s=Seconds(0.05),
            reconnect_max_s=PAUSE_S,
        )
    )
    losses, children = Losses(), _children()
    latest.start()
    try:
        _await_frame(latest, monotonic() + BOUND_S)
        before = _held()
        for fault in faults:
            camera.fail(fault)
            _drain(latest, chance.uniform(0.1, LONGEST_S))
            camera.heal()
            well = monotonic()
            losses.took[fault].append(_await_frame(latest, well + BOUND_S) - well)
            losses.resident.append(_resident())
        if (after := _held()) != before:
            raise NotRecoveredError(f"threads and descriptors were {before}, and are {after}")
        losses.rebuilt = latest.state.losses
    finally:
        latest.stop()
        left = _children()
        camera.close()
    if left != children:
        raise NotRecoveredError(f"{left - children} processes are left")
    return losses


class Losses:
    """What became of a camera's faults.

    Attributes:
        took: Seconds from when it was well again to its next frame.
        resident: Memory after each, in bytes.
        rebuilt: How often the camera counted as lost.
    """

    def __init__(self) -> None:
        self.took: dict[Fault, list[float]] = defaultdict(list)
        self.resident: list[int] = []
        self.rebuilt = 0

    def slope(self) -> float:
        """Growth of memory in bytes a fault, by least squares."""
        kept = self.resident[WARM_UP:]
        return float(np.polyfit(range(len(kept)), kept, 1)[0]) if len(kept) > 1 else 0.0

    def table(self, name: str) -> str:
        """What became of them, a line for each kind."""
        lines = [
            f"{name} {fault}: {len(took)} times, well again after {statistics.median(took):.2f} s"
            f" (median), {max(took):.2f} s at most"
            for fault, took in self.took.items()
        ]
        grew = f"memory grew {self.slope():.0f} bytes a fault"
        return "\n".join([*lines, f"{name}: lost {self.rebuilt} times, {grew}"])


def _await_frame(latest: LatestFrame, deadline: float) -> float:
    """Wait for a frame of a camera that is well; when it came."""
    began = monotonic()
    while monotonic() < deadline:
        frame = latest.take(Seconds(0.2))
        if isinstance(frame, Frame) and frame.captured_at >= began:
            return monotonic()
    raise NotRecoveredError(f"no frame in time: {latest.state}")


def _drain(latest: LatestFrame, seconds: float) -> None:
    until = monotonic() + seconds
    while (left := until - monotonic()) > 0:
        latest.take(Seconds(min(left, 0.2)))


def _held() -> tuple[int, int]:
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def _children() -> int:
    """How many processes are ours; dead ones too, while nobody has taken note of their death."""
    return len(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split())


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _main() -> None:
    times = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faceidd-cameras-") as folder:
        cameras: dict[str, FaultyMjpeg | FaultyRtsp] = {"mjpeg": FaultyMjpeg()}
        try:
            cameras["rtsp"] = FaultyRtsp(Path(folder))
        except RtspUnavailableError as missing:
            print(f"no RTSP: {missing}")
        for name, camera in cameras.items():
            faults = list(islice(cycle(Fault), times // len(cameras)))
            losses = lose(camera, faults, seed)
            print(losses.table(name))
            if losses.slope() > MOST_SLOPE:
                raise NotRecoveredError(f"memory grows: {losses.resident}")
    print(f"each within {BOUND_S:.1f} s, nothing left; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    _main()
