"""Address: what kind of source a camera's address means, decided by the address alone.

In this order: a number or `/dev/...` is a device, `libcamera:0` a camera on a Raspberry Pi's own
connector, `scheme://...` a stream, a folder a folder of images, and any other existing path a video
file.
"""

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from faceidd.errors import CameraError

STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")

_LIBCAMERA = re.compile(r"libcamera:([0-9]{1,2})", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
# Up to the last "@": a password that should have been percent-encoded must not leak either.
_URL_PASSWORD = re.compile(r"(?<=://)([^:/@]*):.*@", re.DOTALL)
# Some cameras take their password as a query value or even within the path.
_NAMED_SECRET = re.compile(r"((?:pass|pwd|token|key|secret)\w*=)[^&#]*", re.IGNORECASE)


class Kind(Enum):
    """What an address leads to."""

    DEVICE = auto()
    LIBCAMERA = auto()
    STREAM = auto()
    FOLDER = auto()
    VIDEO = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """A camera's address, understood.

    Attributes:
        kind: What it leads to.
        target: Device path, number of a libcamera, URL or file path; it may hold a password.
    """

    kind: Kind
    target: str = field(repr=False)


def parse(source: int | str) -> Address:
    """Understand the configured source.

    Args:
        source: Device number or path, `libcamera:0`, URL, or path of a file or folder.

    Raises:
        CameraError: A negative number, a URL of an unknown scheme, or a path that leads nowhere.
    """
    if isinstance(source, int) or source.isdecimal():
        return Address(Kind.DEVICE, _device(int(source)))
    if source.startswith("/dev/"):
        return Address(Kind.DEVICE, source)
    if libcamera := _LIBCAMERA.fullmatch(source):
        return Address(Kind.LIBCAMERA, libcamera[1])
    if scheme := _SCHEME.match(source):
        if scheme[1].lower() not in STREAM_SCHEMES:
            raise CameraError(
                f"camera source {masked(source)!r} has the unknown scheme {scheme[1]!r}",
                do=f"use one of {', '.join(STREAM_SCHEMES)}, or a path",
            )
        return Address(Kind.STREAM, source)
    if source and Path(source).is_dir():
        return Address(Kind.FOLDER, source)
    if source and Path(source).exists():
        return Address(Kind.VIDEO, source)
    raise CameraError(
        f"camera source {masked(source)!r} does not exist",
        do="give a device number, a /dev path, libcamera:0, a stream URL, or the path of a file or "
        "folder",
    )


def masked(url: str) -> str:
    """The URL as it may be shown: passwords, tokens and keys are replaced by `***`."""
    return _NAMED_SECRET.sub(r"\1***", _URL_PASSWORD.sub(r"\1:***@", url))


def _device(number: int) -> str:
    if number < 0:
        raise CameraError(
            f"camera source {number} is not a device number", do="number devices from 0"
        )
    return f"/dev/video{number}"
