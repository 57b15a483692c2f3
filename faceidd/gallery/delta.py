"""Deltas: what makes a gallery of an earlier one, record by record.

A delta holds the people who are new or changed as a gallery of their own, the ids of those who are
gone, and the SHA-256 of both whole files. A calibration goes with it only where it is another one.
Who made it is not checked here.
"""

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from faceidd.errors import GalleryError
from faceidd.gallery.calibration import calibration_parts
from faceidd.gallery.file import MOST_BYTES, gallery_bytes, gallery_digest, parse_gallery
from faceidd.gallery.gallery import MOST_LETTERS, Gallery
from faceidd.gallery.revision import canonical, joined, without_people

MAGIC = b"faceidd delta 1\n"
MOST_HEADER_BYTES = 1 << 27

_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid")
    schema_version: Literal[1]
    base_sha256: _Sha256
    new_sha256: _Sha256
    removed: list[_Id]
    """Who is not in the new gallery, or there as the delta has them."""
    keeps_calibration: bool


def make_delta(old: Gallery, new: Gallery) -> bytes:
    """What a holder of one gallery needs for another.

    Args:
        old: The gallery that is there.
        new: The gallery that it shall become.

    Raises:
        GalleryError: A name is empty or too long, or a gallery would be too large for a file.
    """
    old, new = canonical(old), canonical(new)
    same = _unchanged(old, new)
    keeps = _same_calibration(old, new)
    header = _Header(
        schema_version=1,
        base_sha256=gallery_digest(old),
        new_sha256=gallery_digest(new),
        removed=[one for one in old.ids if one not in same],
        keeps_calibration=keeps,
    ).model_dump_json()
    calibration = None if keeps else new.calibration
    part = gallery_bytes(replace(without_people(new, same), calibration=calibration))
    return b"".join([MAGIC, len(header.encode()).to_bytes(8, "little"), header.encode(), part])


def apply_delta(old: Gallery, delta: bytes) -> Gallery:
    """Make a gallery of an earlier one.

    Args:
        old: The gallery that the delta starts from, in whichever order.
        delta: What `make_delta` made.

    Returns:
        The new gallery, in canonical order.

    Raises:
        GalleryError: The delta is damaged, too large, or starts from another gallery.
    """
    header, part = _parsed(delta)
    old = canonical(old)
    if gallery_digest(old) != header.base_sha256:
        raise GalleryError(
            "the delta starts from another gallery than the one that is here",
            do="fetch the whole gallery",
        )
    rest = without_people(old, frozenset(header.removed))
    if not set(rest.ids).isdisjoint(part.ids):
        raise _damaged("somebody stands in it who is already there")
    if rest.people and rest.vectors.shape[1:] != part.vectors.shape[1:]:
        raise _damaged("its templates have another dimension")
    new = canonical(joined(rest, part)) if rest.people else part
    if header.keeps_calibration:
        new = replace(new, calibration=old.calibration)
    if gallery_digest(new) != header.new_sha256:
        raise _damaged("what it makes does not fit its digest")
    return new


def _unchanged(old: Gallery, new: Gallery) -> frozenset[str]:
    """Ids of people whose record and templates are the same, to the bit, in two galleries."""
    if (old.model_id, old.detector) != (new.model_id, new.detector):
        return frozenset()
    if old.vectors.shape[1:] != new.vectors.shape[1:]:
        return frozenset()
    there = {one: place for place, one in enumerate(old.ids)}
    ends = [np.searchsorted(of.owners, np.arange(len(of.people) + 1)) for of in (old, new)]
    same = []
    for place, person in enumerate(new.people):
        was = there.get(person.id)
        if was is None or old.people[was] != person:
            continue
        mine = _rows(new, ends[1][place], ends[1][place + 1])
        if mine == _rows(old, ends[0][was], ends[0][was + 1]):
            same.append(person.id)
    return frozenset(same)


def _same_calibration(old: Gallery, new: Gallery) -> bool:
    """Whether both have one, the same to the bit."""
    if old.calibration is None or new.calibration is None:
        return False
    (header, tables), (other, others) = map(calibration_parts, (old.calibration, new.calibration))
    return (header, tables.keys()) == (other, others.keys()) and all(
        found.tobytes() == others[name].tobytes() for name, found in tables.items()
    )


def _rows(gallery: Gallery, begin: int, end: int) -> tuple[bytes, ...]:
    tables = (gallery.vectors, gallery.norms, gallery.photos)
    return tuple(table[begin:end].tobytes() for table in tables)


def _parsed(delta: bytes) -> tuple[_Header, Gallery]:
    begin = len(MAGIC) + 8
    if len(delta) > MOST_BYTES or not delta.startswith(MAGIC) or len(delta) < begin:
        raise _damaged("it does not begin like one, or is too large")
    length = int.from_bytes(delta[len(MAGIC) : begin], "little")
    if length > min(MOST_HEADER_BYTES, len(delta) - begin):
        raise _damaged("it is cut off")
    try:
        header = _Header.model_validate_json(delta[begin : begin + length])
    except ValidationError as error:
        raise _damaged("unknown header") from error
    return header, parse_gallery(delta[begin + length :])


def _damaged(why: str) -> GalleryError:
    return GalleryError(
        f"the delta is damaged or no faceidd delta: {why}", do="fetch the whole gallery"
    )
