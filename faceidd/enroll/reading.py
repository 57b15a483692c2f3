"""A photo's file -> its pixels, upright; or why there are none.

The size is read from the file's header first, so that no photo takes more memory than a bounded
one, on a door's board too. JPEG is decoded by halves where it is larger, as telephones' photos are;
HEIC needs a package that a door has no use for.
"""

import importlib.util
from io import BytesIO
from pathlib import Path

import cv2
import imagesize
import numpy as np

from faceidd.camera.frame import Image
from faceidd.enroll.faults import Fault

MOST_PIXELS = 50_000_000
"""Pixels of a decoded photo: 150 MB."""
MOST_BYTES = 256 << 20
"""Bytes of a photo's file."""
_PARTS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
"""How a JPEG is decoded to a part of its width; all turn it upright by its EXIF orientation."""


def read_content(path: Path) -> bytes | Fault:
    """Read a photo's file, at most `MOST_BYTES`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return Fault.TOO_LARGE
        return path.read_bytes()
    except PermissionError:
        return Fault.FORBIDDEN
    except OSError:
        return Fault.UNREADABLE


def decode(content: bytes) -> Image | Fault:
    """Decode a photo's file.

    A JPEG of more than `MOST_PIXELS` is decoded to a half, a quarter or an eighth of its width;
    any other such photo is too large.

    Returns:
        uint8 (H, W, 3) BGR, upright by its EXIF orientation; or what is wrong with it.
    """
    try:
        return _heic(content) if _is_heic(content) else _by_opencv(content)
    except (OSError, ValueError, RuntimeError, cv2.error):
        return Fault.UNREADABLE


def _pixels(content: bytes) -> int:
    """Pixels that a file's header promises; 0 where it is none of a photo."""
    try:
        width, height = imagesize.get(BytesIO(content))
    except Exception:  # the header may be anything, and so is what its reader raises
        return 0
    return int(width) * int(height) if width > 0 and height > 0 else 0


def _by_opencv(content: bytes) -> Image | Fault:
    pixels, part = _pixels(content), 1
    if pixels <= 0:
        return Fault.UNREADABLE
    if content.startswith(b"\xff\xd8"):
        part = next((part for part in _PARTS if pixels <= MOST_PIXELS * part**2), 1)
    if pixels > MOST_PIXELS * part**2:
        return Fault.TOO_LARGE
    image = cv2.imdecode(np.frombuffer(content, np.uint8), _PARTS[part])
    return Fault.UNREADABLE if image is None else image.astype(np.uint8, copy=False)


def _is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] not in {b"avif", b"avis"}


def _heic(content: bytes) -> Image | Fault:
    if importlib.util.find_spec("pillow_heif") is None:
        return Fault.NEEDS_EXTRA
    import pillow_heif  # noqa: PLC0415 - only where the extra is installed

    # The pixels are decoded when they are asked for. libheif turns them upright by itself.
    file = pillow_heif.open_heif(BytesIO(content), bgr_mode=True)
    width, height = file.size
    if width * height > MOST_PIXELS:
        return Fault.TOO_LARGE
    image = np.asarray(file)
    if image.ndim == 2:  # noqa: PLR2004 - a matrix is a gray picture
        return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
    return np.ascontiguousarray(image[:, :, :3])
