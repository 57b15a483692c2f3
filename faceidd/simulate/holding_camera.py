"""HoldingCamera: lets time pass as it does while the daemon deals with a frame."""

from collections.abc import Sequence

from faceidd.camera.frame import Frame
from faceidd.camera.latest import End, LatestFrame
from faceidd.camera.settings import CameraSettings
from faceidd.simulate.course import CourseWriter
from faceidd.units import Seconds

LOOKING = "looking"


class HoldingCamera(LatestFrame):
    """Hands out frames; from each until the next is asked for time does not hurry.

    Args:
        settings: As `LatestFrame`.
        program: Likewise.
        writer: Says how time passes.

    Raises:
        CameraError: As `LatestFrame`.
    """

    def __init__(
        self, settings: CameraSettings, program: Sequence[str], writer: CourseWriter
    ) -> None:
        super().__init__(settings, program)
        self._writer = writer

    def take(self, timeout_s: Seconds) -> Frame | End | None:
        """As `LatestFrame.take`."""
        self._writer.hold(LOOKING, on=False)
        frame = super().take(timeout_s)
        self._writer.hold(LOOKING, on=isinstance(frame, Frame))
        return frame
