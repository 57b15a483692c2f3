"""The evaluation faces: where they lie, and reading them or leaving."""

import os
import sys
from pathlib import Path

from faceidd.camera.frame import Image
from faceidd.evaluation.subject import read_image as read

FACES = Path(os.environ.get("FACEIDD_FACES") or Path(__file__).parents[2] / "shared" / "faces")


def require_faces() -> None:
    """Leave with a message where the faces are not."""
    if not FACES.is_dir():
        sys.exit(f"no evaluation faces at {FACES}; this benchmark needs them")


def read_image(path: Path) -> Image:
    """Read a photo as uint8 (H, W, 3) BGR; leave where there is none."""
    image = read(path)
    if isinstance(image, str):
        sys.exit(f"cannot read {path}")
    return image
