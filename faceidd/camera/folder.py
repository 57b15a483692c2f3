"""A folder of images as a source: a visit replayed, every image seen once, in natural order."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from faceidd.camera.frame import Frame, Image
from faceidd.camera.pace import Metronome, Sleep
from faceidd.clock import Clock, monotonic, sleep
from faceidd.errors import CameraError

_log = logging.getLogger(__name__)

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
"""Names that end so, in any case, are images; other files are passed over."""


class ImageFolder:
    """A folder of images. See `FrameSource` for its methods' contract.

    No image is lost but one that cannot be read: it is logged, counted in `unreadable`, and its
    place in the sequence stays empty.

    Args:
        path: The folder; the folders in it are not searched.
        fps: Images per second at most, or None for as fast as possible.
        clock: Tells when an image was read.
        sleep: Waits until an image is due.
    """

    live = False

    def __init__(
        self,
        path: str,
        *,
        fps: float | None = None,
        clock: Clock = monotonic,
        sleep: Sleep = sleep,
    ) -> None:
        self.name = path
        self.unreadable = 0
        self._fps = fps
        self._clock = clock
        self._metronome = Metronome(clock, sleep)
        self._files: Iterator[tuple[int, Path]] | None = None

    def open(self) -> None:
        """List the images; those that appear later are not seen.

        Raises:
            CameraError: The folder cannot be listed or holds no images.
        """
        try:
            found = [file for file in Path(self.name).iterdir() if file.suffix.lower() in SUFFIXES]
        except OSError as error:
            raise CameraError(
                f"folder {self.name} cannot be listed: {error.strerror}",
                do="check the path and its permissions",
            ) from error
        if not found:
            raise CameraError(
                f"folder {self.name} holds no images",
                do=f"put images in it ({', '.join(sorted(SUFFIXES))})",
            )
        self._files = enumerate(sorted(found, key=lambda file: natural_order(file.name)))
        self.unreadable = 0
        if self._fps is not None:
            self._metronome.start(self._fps)

    def read(self) -> Frame | None:
        """Read the next image; None after the last.

        Raises:
            CameraError: The folder is not open.
        """
        if self._files is None:
            raise CameraError(f"folder {self.name} is not open", do="open it before reading")
        for number, file in self._files:
            image = _image(file)
            if image is None:
                self.unreadable += 1
                _log.warning("skipped %s: not a readable image", file)
                continue
            if self._fps is not None:
                self._metronome.wait_for(number)
            return Frame(image, self._clock(), number)
        return None

    def close(self) -> None:
        """Forget the list; harmless when the folder is not open."""
        self._files = None


def natural_order(name: str) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """Sort key that counts as people do: `img2` comes before `img10`.

    Numbers come before letters; case and leading zeros count only where nothing else differs.
    """
    pieces = re.split(r"([0-9]+)", name.casefold())  # every second piece is a number
    counted = ((0, int(piece)) if at % 2 else (1, piece) for at, piece in enumerate(pieces))
    return tuple(counted), name


def _image(file: Path) -> Image | None:
    try:
        pixels = cv2.imread(str(file), cv2.IMREAD_COLOR)
    except cv2.error:  # larger than OpenCV's limit
        return None
    return None if pixels is None else np.asarray(pixels, np.uint8)
