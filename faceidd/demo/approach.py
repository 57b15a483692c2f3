"""The demo's script: somebody who is enrolled and a stranger walk up to a door."""

from collections.abc import Iterator

from faceidd.camera.frame import Image
from faceidd.simulate import approach as drawing
from faceidd.simulate.approach import FPS, Portrait, Scene

SCENES = (
    Scene("nobody", 1.5),
    Scene("somebody far away", 2.0, "enrolled", (50, 90)),
    Scene("the enrolled person walks up", 3.5, "enrolled", (90, 230), (0.6, 1.15)),
    Scene("... and waits at the door", 1.5, "enrolled", (230, 225), (1.15, 1.0)),
    Scene("nobody", 3.0),
    Scene("a stranger walks up", 3.5, "stranger", (70, 230), (1.1, 0.7)),
    Scene("... and waits at the door", 1.5, "stranger", (230, 235), (0.7, 0.9)),
    Scene("nobody", 3.0),
    Scene("the enrolled person's picture, small", 2.0, "enrolled", (80, 95)),
    Scene("nobody", 1.0),
)


def frames_of(scene: Scene) -> int:
    """Length of a scene in frames."""
    return round(scene.seconds * FPS)


LENGTH = sum(frames_of(scene) for scene in SCENES)
"""Frames of the whole video."""


def scene_at(index: int) -> Scene:
    """Scene that a frame of the video belongs to."""
    for scene in SCENES:
        index -= frames_of(scene)
        if index < 0:
            return scene
    return SCENES[-1]


def approach(enrolled: Portrait, stranger: Portrait) -> Iterator[Image]:
    """Draw the video, uint8 (480, 640, 3) BGR frames at 20 a second."""
    return drawing.approach({"enrolled": enrolled, "stranger": stranger}, SCENES)
