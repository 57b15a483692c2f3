"""Plan: which version of each edition is to be served. Writes nothing.

A version never goes down, neither within an edition nor at a door that comes from another one:
numbers are given to all editions together, and an edition that a door joins is numbered anew if
it is behind any other.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from faceidd.errors import PublishError
from faceidd.gallery.file import gallery_bytes
from faceidd.gallery.gallery import Gallery
from faceidd.publish.edition import Edition
from faceidd.publish.state import State, Version


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """An edition in the version that is to be served.

    Attributes:
        edition: The edition.
        gallery: Its gallery, with the version in it.
        content: The plain file.
        version: Number, digest and moment.
        is_new: Whether it is a version that was not there before.
    """

    edition: Edition
    gallery: Gallery
    content: bytes
    version: Version
    is_new: bool


def make_plan(
    editions: Sequence[Edition], state: State, floors: Mapping[str, int], now: datetime
) -> tuple[Planned, ...]:
    """Give each edition its version: the one it has, or a new one, higher than any.

    Args:
        editions: All editions, each once.
        state: What was published before.
        floors: Edition, also one that is withdrawn -> a version that was given, as others
            remember it.
        now: The present moment, in UTC.

    Raises:
        PublishError: An edition stands there twice.
        GalleryError: A gallery cannot be written as a file.
    """
    if len({one.id for one in editions}) < len(editions):
        raise PublishError("an edition stands there twice", do="join its doors")
    given = [one.version for versions in state.editions.values() for one in versions]
    top = max((*floors.values(), *given), default=0)
    return tuple(_planned(one, state, floors.get(one.id, 0), top, now) for one in editions)


def _planned(edition: Edition, state: State, floor: int, top: int, now: datetime) -> Planned:
    newest = state.newest(edition.id)
    joined = edition.readers - set(state.readers.get(edition.id, ()))
    if newest is not None and newest.version >= (top if joined else floor):
        gallery, content, digest = _written(edition, newest.version)
        if digest == newest.sha256:
            return Planned(edition, gallery, content, newest, is_new=False)
    gallery, content, digest = _written(edition, top + 1)
    version = Version(version=top + 1, sha256=digest, published_at=now.replace(microsecond=0))
    return Planned(edition, gallery, content, version, is_new=True)


def _written(edition: Edition, version: int) -> tuple[Gallery, bytes, str]:
    gallery = replace(edition.gallery, version=version)
    content = gallery_bytes(gallery)
    return gallery, content, hashlib.sha256(content).hexdigest()
