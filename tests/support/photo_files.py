"""Photos of the two portraits, as files to enroll from."""

from pathlib import Path

import cv2
from support.portraits import EILEEN, GRACE, Visitor, scene

from faceidd.camera.frame import Image
from faceidd.models.portraits import PortraitName


def write(path: Path, image: Image) -> None:
    """Write a picture as its file's ending says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())


def alone(name: PortraitName = EILEEN, width: float = 140) -> Image:
    """One of them, in the middle."""
    return scene(Visitor(name, width, (320, 240)))


def nobody() -> Image:
    """A wall."""
    return scene()


def both(grace: float, eileen: float) -> Image:
    """Both, with faces of these widths."""
    return scene(Visitor(GRACE, grace, (170, 240)), Visitor(EILEEN, eileen, (480, 240)))
