"""A picture file that shows what the camera sees, kept current for whoever watches it."""

import logging
from pathlib import Path

import cv2

from faceidd.camera.frame import Image
from faceidd.durable import replace_file
from faceidd.enroll.live import Step
from faceidd.enroll.photo_folder import encode
from faceidd.errors import EnrollmentError
from faceidd.units import Instant, Seconds

EVERY = Seconds(0.5)
WIDTH = 640
_GREEN, _YELLOW = (80, 200, 80), (0, 200, 255)
_SOI, _WORDS = b"\xff\xd8", b"faceidd preview"
_START = _SOI + b"\xff\xfe" + (2 + len(_WORDS)).to_bytes(2, "big") + _WORDS
_log = logging.getLogger(__name__)


class Preview:
    """Keeps the file; it shows a person, so it is removed in the end.

    Args:
        file: The file, a JPEG; each version takes the place of the one before whole.

    Raises:
        EnrollmentError: There is a file already, and no preview that a power cut has left.
    """

    def __init__(self, file: Path) -> None:
        _require_free(file)
        self.file = file
        self._made = False
        self._written_at: Instant | None = None
        self._failed = False

    def show(self, step: Step) -> None:
        """Show a frame, if the picture is older than `EVERY`; a failure is told once."""
        now = step.frame.captured_at
        if self._written_at is not None and now - self._written_at < EVERY:
            return
        self._written_at = now
        try:
            replace_file(self.file, _marked(encode(_drawn(step))))
            self._made = True
        except OSError as error:
            if not self._failed:
                _log.warning("the preview %s cannot be written: %s", self.file, error.strerror)
            self._failed = True

    def close(self) -> None:
        """Remove the file, if it was written."""
        if self._made:
            self.file.unlink(missing_ok=True)


def _require_free(file: Path) -> None:
    try:
        with file.open("rb") as content:
            left = content.read(len(_START)) == _START
    except FileNotFoundError:
        return
    except OSError:  # a folder, say
        left = False
    if not left:
        raise EnrollmentError(
            f"{file} is there already, and is no preview",
            do="name another file for the preview: --preview FILE",
        )


def _marked(picture: bytes) -> bytes:
    """A JPEG file with the comment by which a preview is known (ITU-T T.81, B.2.4.5)."""
    return _START + picture[len(_SOI) :]


def _drawn(step: Step) -> Image:
    """The frame, with the face framed and the advice beneath, which is ASCII."""
    image, advice = step.frame.image, step.advice
    scale = WIDTH / image.shape[1]
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    color = _GREEN if advice.held else _YELLOW
    if step.box is not None:
        box = step.box
        corners = (box.x, box.y, box.x + box.width, box.y + box.height)
        left, top, right, bottom = (round(scale * edge) for edge in corners)
        cv2.rectangle(small, (left, top), (right, bottom), color, 2)
    foot = small.shape[0] - 12
    words = f"{advice.pose}: {advice.words}"
    cv2.rectangle(small, (0, foot - 22), (WIDTH, small.shape[0]), (0, 0, 0), cv2.FILLED)
    cv2.putText(small, words, (8, foot), cv2.FONT_HERSHEY_SIMPLEX, 0.6, color, 1, cv2.LINE_AA)
    return small.astype("uint8", copy=False)
