"""FrameSource: the seam that every camera, stream, video file and folder of images obeys.

Faults are told by raising. Trying again after one is left to `LatestFrame`.
"""

from typing import Protocol

from faceidd.camera.frame import Frame


class FrameSource(Protocol):
    """Something that gives frames, one by one, to one thread.

    A source that was closed, or whose `read` raised, may be opened again and then starts anew.
    """

    @property
    def name(self) -> str:
        """Its address for logs and messages, any password masked."""

    @property
    def live(self) -> bool:
        """Whether time goes on without the reader: frames that nobody took may be lost."""

    def open(self) -> None:
        """Make the source ready to be read.

        Raises:
            CameraError: It is missing, refuses to be opened, or holds no images.
        """

    def read(self) -> Frame | None:
        """Wait for the next frame.

        Returns:
            The frame, or None when the source has ended, as only files and folders do.

        Raises:
            CameraError: The source is not open, or a camera gave no frame in time.
        """

    def close(self) -> None:
        """Let go of the source; harmless when it is not open."""
