"""Eileen walks up to the door, as the demo draws her."""

from collections.abc import Iterator, Sequence

from support.portraits import EILEEN, FACES, GRACE, picture

from faceidd.camera.frame import Image
from faceidd.models.portraits import PortraitName
from faceidd.simulate.approach import Portrait, Scene, approach

NOBODY = Scene("nobody", 1.0)
WALKS_UP = (
    Scene("walks up", 3.5, "enrolled", (90, 230), (0.6, 1.15)),
    Scene("... and waits", 1.5, "enrolled", (230, 225), (1.15, 1.0)),
)


def walk(scenes: Sequence[Scene] = (NOBODY, *WALKS_UP)) -> Iterator[Image]:
    """Draw scenes whose enrolled person is Eileen; uint8 (480, 640, 3) BGR, 20 a second."""
    people = {"enrolled": _portrait(EILEEN), "stranger": _portrait(GRACE)}
    return approach(people, scenes)


def _portrait(name: PortraitName) -> Portrait:
    x, y, width = FACES[name]
    return Portrait(picture(name), (x - width // 2, y - width // 2, width))
