"""Deltas: that what they make is the new gallery, to the byte, and that others are refused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.calibrations import calibration
from support.people import MODEL, embedding, gallery

from faceidd.errors import GalleryError
from faceidd.gallery.delta import MAGIC, apply_delta, make_delta
from faceidd.gallery.file import gallery_bytes, parse_gallery
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.revision import canonical, find_person, with_person, without_person
from faceidd.gallery.scale import Normalization, Scale

CALIBRATIONS = (
    None,
    calibration(MODEL, scale=Scale(), threshold=0.5),
    calibration(MODEL, scale=Scale(normalization=Normalization.S_NORM), threshold=4, dimension=3),
)
rows = st.tuples(*[st.integers(-5, 5)] * 3).filter(any).map(lambda raw: embedding(*raw))
people = st.dictionaries(
    st.sampled_from(["Kim", "Lee", "Park", "김민준", "Zoë", "a b"]),
    st.lists(rows, min_size=1, max_size=2),
)
moments = st.none() | st.integers(0, 1 << 31).map(lambda at: datetime.fromtimestamp(at, UTC))


@st.composite
def galleries(draw: st.DrawFn) -> Gallery:
    made = gallery(draw(people))
    groups = st.lists(st.sampled_from(["staff", "guest"]))
    return replace(
        made,
        people=tuple(
            replace(one, groups=tuple(draw(groups)), expires_at=draw(moments))
            for one in made.people
        ),
        version=draw(st.integers(0, 3)),
        detector=draw(st.sampled_from(["blazeface", "haar"])),
        calibration=draw(st.sampled_from(CALIBRATIONS)),
    )


@given(old=galleries(), new=galleries())
@settings(max_examples=50)
def test_what_a_delta_makes_is_the_new_gallery(old: Gallery, new: Gallery) -> None:
    delta = make_delta(old, new)
    assert gallery_bytes(apply_delta(old, delta)) == gallery_bytes(new)
    assert gallery_bytes(apply_delta(canonical(old), delta)) == gallery_bytes(canonical(new))


@given(known=galleries())
def test_a_gallery_has_one_content(known: Gallery) -> None:
    content = gallery_bytes(known)
    again = parse_gallery(content)
    assert gallery_bytes(again) == content
    assert [one.id for one in again.people] == sorted(one.id for one in known.people)
    for one in known.people:
        assert find_person(again, one.id) == one
        assert rows_of(again, one.id) == rows_of(known, one.id)


def rows_of(known: Gallery, person: str) -> list[list[float]]:
    place = [one.id for one in known.people].index(person)
    mine: list[list[float]] = known.vectors[known.owners == place].tolist()
    return mine


def crowd(changed: Mapping[str, float] | None = None) -> Gallery:
    raw = {f"{number:03}": 0.0 for number in range(100)} | dict(changed or {})
    wide = np.random.default_rng(0).standard_normal((100, 512))
    return gallery(
        {name: [embedding(*(wide[int(name)] + more))] for name, more in raw.items()}, dimension=512
    )


def test_few_changes_cost_little() -> None:
    old, new = crowd(), crowd({"017": 0.5})
    assert len(make_delta(old, new)) < 0.03 * len(gallery_bytes(new))


def test_a_calibration_travels_only_where_it_is_new() -> None:
    known = gallery({"Kim": [embedding(1, 0, 0)]})
    *_, made = CALIBRATIONS
    old, new = replace(known, calibration=made), replace(known, calibration=made, version=1)
    assert len(make_delta(known, new)) > len(make_delta(old, new)) + 40 * 3 * 4
    found = apply_delta(old, make_delta(old, new)).calibration
    assert found is made


def test_what_a_delta_starts_from_must_be_the_same() -> None:
    old, new = gallery({"Kim": [embedding(1, 0, 0)]}), gallery({"Lee": [embedding(1, 0, 0)]})
    delta = make_delta(old, new)
    for other in (new, replace(old, version=1), with_person(old, Person("kim", "Kimm"))):
        with pytest.raises(GalleryError, match="starts from another gallery"):
            apply_delta(other, delta)


def test_every_damage_is_refused() -> None:
    old = gallery({"Kim": [embedding(1, 0, 0)], "Lee": [embedding(0, 1, 0)]})
    delta = make_delta(old, without_person(old, find_person(old, "kim")))
    for length in range(len(delta)):
        with pytest.raises(GalleryError):
            apply_delta(old, delta[:length])
    for place in range(len(delta)):
        damaged = bytearray(delta)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(GalleryError):
            apply_delta(old, bytes(damaged))


def test_a_delta_that_brings_somebody_twice_is_refused() -> None:
    kim, lee = gallery({"Kim": [embedding(1, 0, 0)]}), gallery({"Lee": [embedding(0, 1, 0)]})
    delta = make_delta(kim, lee).replace(b'"removed":["kim"]', b'"removed":["lee"]')
    with pytest.raises(GalleryError, match="digest"):
        apply_delta(kim, delta)
    twice = make_delta(kim, replace(kim, version=2, detector="haar"))
    with pytest.raises(GalleryError, match="already there"):
        apply_delta(kim, twice.replace(b'"removed":["kim"]', b'"removed":["lee"]'))


@given(content=st.binary(max_size=64) | st.binary(max_size=64).map(MAGIC.__add__))
def test_no_garbage_gets_through(content: bytes) -> None:
    with pytest.raises(GalleryError, match="no faceidd delta"):
        apply_delta(gallery({}), content)
