"""The demo's picture: people walking up to a door, composed from two public-domain portraits.

Deterministic: the same portraits give the same video. What the people do is written as a list
of scenes; the recognizer sees nothing but the video.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image

WIDTH, HEIGHT, FPS = 640, 480, 20
SEED = 20


@dataclass(frozen=True, slots=True)
class Portrait:
    """A person to walk through the scenes.

    Attributes:
        image: uint8 (H, W, 3) BGR.
        face: Left, top and width of the face in it, px.
    """

    image: Image
    face: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """Some seconds before the camera.

    Attributes:
        title: What happens, for the person who watches.
        seconds: How long.
        who: Whose portrait is seen, if anybody's.
        near: Face width at the beginning and at the end, px.
        light: Brightness at the beginning and at the end, 1 as in the portrait.
    """

    title: str
    seconds: float
    who: Literal["enrolled", "stranger"] | None = None
    near: tuple[float, float] = (0.0, 0.0)
    light: tuple[float, float] = (1.0, 1.0)


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


def approach(
    enrolled: Portrait, stranger: Portrait, scenes: Sequence[Scene] = SCENES
) -> Iterator[Image]:
    """Draw the video, uint8 (480, 640, 3) BGR frames at 20 a second."""
    people = {"enrolled": _cut_out(enrolled), "stranger": _cut_out(stranger)}
    noise = np.random.default_rng(SEED)
    background = _hallway()
    for scene in scenes:
        count = frames_of(scene)
        for step in range(count):
            done = step / max(1, count - 1)
            image = background
            if scene.who is not None:
                width = scene.near[0] + done * (scene.near[1] - scene.near[0])
                image = _place(background, people[scene.who], width, step / FPS)
            light = scene.light[0] + done * (scene.light[1] - scene.light[0])
            grain = noise.normal(0, 4, (HEIGHT, WIDTH, 1)).astype(np.float32)
            yield np.clip(image * light + grain, 0, 255).astype(np.uint8)


def _frames(scene: Scene) -> int:
    return round(scene.seconds * FPS)


@dataclass(frozen=True, slots=True)
class _CutOut:
    """A person without the background: float32 (H, W, 3) and (H, W, 1), and the face in it."""

    image: NDArray[np.float32]
    opacity: NDArray[np.float32]
    face: tuple[int, int, int]


def _cut_out(portrait: Portrait) -> _CutOut:
    """Keep head and shoulders: two ellipses in the proportions of a bust, with a soft edge."""
    left, top, face = portrait.face
    middle = left + face // 2
    person = np.zeros(portrait.image.shape[:2], np.float32)
    head = (middle, top + int(0.3 * face)), (int(0.8 * face), int(1.05 * face))
    body = (middle, top + int(3.2 * face)), (int(1.55 * face), int(2.05 * face))
    for center, axes in (head, body):
        cv2.ellipse(person, center, axes, 0, 0, 360, 1.0, -1)
    opacity = cv2.GaussianBlur(person, (0, 0), face / 14)[:, :, None]
    return _CutOut(portrait.image.astype(np.float32), opacity.astype(np.float32), portrait.face)


def _place(
    background: NDArray[np.float32], person: _CutOut, width: float, seconds: float
) -> NDArray[np.float32]:
    """Put a person before the background, swaying as walkers do, blurred by the motion."""
    left, top, face = person.face
    scale = width / face
    sway = np.sin(seconds * 2 * np.pi * 0.9)
    x = WIDTH / 2 + 0.25 * width * sway - scale * (left + face / 2)
    bob = 0.05 * width * np.abs(np.sin(seconds * 2 * np.pi * 1.8))
    y = 0.42 * HEIGHT + bob - scale * (top + face / 2)
    move = np.array([[scale, 0, x], [0, scale, y]])
    size = (WIDTH, HEIGHT)
    image = cv2.warpAffine(person.image, move, size, flags=cv2.INTER_AREA)
    opacity = cv2.warpAffine(person.opacity, move, size, flags=cv2.INTER_LINEAR)[:, :, None]
    mixed = background * (1 - opacity) + image * opacity
    smear = 1 + round(0.02 * width * abs(np.cos(seconds * 2 * np.pi * 0.9)))
    return cv2.blur(mixed, (smear, 1)).astype(np.float32, copy=False)


def _hallway() -> NDArray[np.float32]:
    """A corridor seen from its door: floor, walls, ceiling and a lamp."""
    image = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    image[:] = (150, 160, 165)
    far = np.array([[230, 130], [410, 130], [410, 330], [230, 330]])
    near = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
    shades = ((205, 212, 214), (128, 140, 148), (82, 92, 104), (140, 152, 160))
    for side, shade in enumerate(shades):
        after = (side + 1) % 4
        wall = np.array([near[side], near[after], far[after], far[side]], np.int32)
        cv2.fillConvexPoly(image, wall, shade)
    cv2.rectangle(image, (285, 190), (355, 330), (70, 84, 104), -1)
    cv2.ellipse(image, (320, 60), (90, 14), 0, 0, 360, (245, 250, 252), -1)
    return cv2.GaussianBlur(image, (0, 0), 2).astype(np.float32)
