"""Approach: people walking up to a door, composed from portraits.

Deterministic: the same portraits give the same video. What the people do is written as a list
of scenes; the recognizer sees nothing but the video.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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
    who: str | None = None
    near: tuple[float, float] = (0.0, 0.0)
    light: tuple[float, float] = (1.0, 1.0)


def approach(
    portraits: Mapping[str, Portrait], scenes: Sequence[Scene], fps: float = FPS
) -> Iterator[Image]:
    """Draw a video, uint8 (480, 640, 3) BGR frames.

    Args:
        portraits: Who walks through the scenes.
        scenes: What happens, one after the other.
        fps: Frames a second.
    """
    people = {name: _cut_out(one) for name, one in portraits.items()}
    noise = np.random.default_rng(SEED)
    background = _hallway()
    for scene in scenes:
        count = round(scene.seconds * fps)
        for step in range(count):
            done = step / max(1, count - 1)
            image = background
            if scene.who is not None:
                width = scene.near[0] + done * (scene.near[1] - scene.near[0])
                image = _place(background, people[scene.who], width, step / fps)
            light = scene.light[0] + done * (scene.light[1] - scene.light[0])
            grain = noise.normal(0, 4, (HEIGHT, WIDTH, 1)).astype(np.float32)
            yield np.clip(image * light + grain, 0, 255).astype(np.uint8)


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
