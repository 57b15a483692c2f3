"""Photos filed under a person: NAME/NAME1.jpg, NAME/NAME2.jpg, numbered on from what is there."""

import re
from pathlib import Path

import cv2

from faceidd.camera.frame import Image
from faceidd.durable import replace_file
from faceidd.enroll.names import file_name
from faceidd.errors import EnrollmentError

JPEG_QUALITY = 95
SUFFIX = ".jpg"


def encode(image: Image) -> bytes:
    """A photo, uint8 (H, W, 3) BGR, as the content of a JPEG file."""
    return cv2.imencode(SUFFIX, image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


class PhotoFolder:
    """One person's folder among those of others; made with the first photo. Nothing is replaced.

    Args:
        photos: The folder of everybody's photos.
        name: The person.
        start: Least number of a photo; None numbers on from what is there.

    Raises:
        EnrollmentError: Nothing can be filed under the name, or the folder cannot be listed.
    """

    def __init__(self, photos: Path, name: str, *, start: int | None = None) -> None:
        self._name = file_name(name)
        self.path = photos / self._name
        self._next = self._last() + 1 if start is None else start

    def save(self, content: bytes) -> Path:
        """Write a photo under the next number that is free; readable by its owner only.

        Args:
            content: The content of a JPEG file.

        Returns:
            The file.

        Raises:
            EnrollmentError: It cannot be written; nothing of it is left.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._reserve()
            try:
                replace_file(file, content)
            except BaseException:
                file.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise EnrollmentError(
                f"no photo can be written into {self.path}: {error.strerror}",
                do="check that the folder is writable and has room",
            ) from error
        return file

    def _reserve(self) -> Path:
        while True:
            file = self.path / f"{self._name}{self._next}{SUFFIX}"
            self._next += 1
            try:
                file.touch(mode=0o600, exist_ok=False)
            except FileExistsError:
                continue
            return file

    def _last(self) -> int:
        numbered = re.compile(re.escape(self._name) + r"([0-9]{1,9})\.\w+")
        try:
            names = [entry.name for entry in self.path.iterdir()] if self.path.exists() else []
        except OSError as error:
            raise EnrollmentError(
                f"the folder {self.path} cannot be listed: {error.strerror}",
                do="check that it is a folder and may be read",
            ) from error
        found = [numbered.fullmatch(name) for name in names]
        return max((int(match[1]) for match in found if match), default=0)
