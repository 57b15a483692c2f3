"""The evaluation faces: where they lie and how they are read."""

import csv
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.face.detection import Detection

FACES = Path(os.environ.get("FACEIDD_FACES") or Path(__file__).parents[2] / "shared" / "faces")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two LFW photos, and whether one person is on both."""

    fold: int
    same: bool
    first: Path
    second: Path


@dataclass(frozen=True, slots=True)
class Labeled:
    """A photo of one person."""

    path: Path
    set: str
    identity: str
    group: str


def require_faces() -> None:
    """Leave with a message where the faces are not."""
    if not FACES.is_dir():
        sys.exit(f"no evaluation faces at {FACES}; this benchmark needs them")


def read_image(path: Path) -> Image:
    """Read a photo as uint8 (H, W, 3) BGR."""
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        sys.exit(f"cannot read {path}")
    return image.astype(np.uint8, copy=False)


def lfw_pairs() -> list[Pair]:
    """Read the pairs of LFW's standard protocol, `pairs.txt`."""
    lines = (FACES / "lfw" / "pairs.txt").read_text().splitlines()
    per_fold = 2 * int(lines[0].split()[1])
    return [_pair(index // per_fold, line.split()) for index, line in enumerate(lines[1:])]


@cache
def labeled() -> tuple[Labeled, ...]:
    """Read the manifest of all photos that show a known person."""
    with (FACES / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = [
            Labeled(FACES / row["path"], row["set"], row["identity"], row["group"])
            for row in csv.DictReader(file)
        ]
    return tuple(row for row in rows if row.identity)


def central(image: Image, found: tuple[Detection, ...]) -> Detection | None:
    """Take the face nearest to the image's center, as LFW's protocol has it."""
    height, width = image.shape[:2]
    middle = (width / 2, height / 2)
    return min(found, key=lambda one: _distance(one.box.center, middle), default=None)


def _pair(fold: int, words: list[str]) -> Pair:
    """Understand a line: `NAME n m` (one person) or `NAME n OTHER m` (two)."""
    name, first, *other, second = words
    return Pair(fold, not other, _lfw_path(name, first), _lfw_path((other or [name])[0], second))


def _lfw_path(name: str, number: str) -> Path:
    return FACES / "lfw" / name / f"{name}_{int(number):04d}.jpg"


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
