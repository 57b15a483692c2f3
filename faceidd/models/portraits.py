"""Portraits: two pictures of faces in the public domain, for checks and for the demo."""

from pathlib import Path
from types import MappingProxyType
from typing import Literal

from faceidd.models.archives import Archive
from faceidd.models.sources import Sources

PortraitName = Literal["eileen_collins", "grace_hopper"]

_EILEEN_COLLINS = Archive(
    "scikit-image==0.25.2",
    "24cc986e1f4187a12aa319f777b36008764e856e5013666a4a83f8df083c2641",
    MappingProxyType(
        {
            "skimage/data/astronaut.png": (
                "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"
            ),
        }
    ),
)
_GRACE_HOPPER = Archive(
    "matplotlib==3.10.3",
    "fdfa07c0ec58035242bc8b2c8aae37037c9a886370eef6850703d7583e19964b",
    MappingProxyType(
        {
            "matplotlib/mpl-data/sample_data/grace_hopper.jpg": (
                "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130"
            ),
        }
    ),
)
_PORTRAITS: dict[PortraitName, Archive] = {
    "eileen_collins": _EILEEN_COLLINS,
    "grace_hopper": _GRACE_HOPPER,
}


def portrait(name: PortraitName, sources: Sources | None = None) -> Path:
    """Picture of a face in the public domain, for checks and for the demo.

    Args:
        name: `eileen_collins` (NASA, 512 x 512 px) or `grace_hopper` (US Navy, 512 x 600 px).
        sources: Where it comes from; none means the index, kept in the user's cache folder.

    Raises:
        ModelError: It cannot be fetched.
    """
    archive = _PORTRAITS[name]
    (member,) = archive.members
    return (sources or Sources()).path(archive, member)
