"""Revisions of a gallery: what changes, and that nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.calibrations import calibration
from support.people import MODEL, embedding, gallery

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.gallery.consent import Consent
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.revision import (
    find_person,
    joined,
    renewed,
    with_people,
    with_person,
    without_person,
)
from faceidd.gallery.scale import Scale

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONSENT = Consent("Kim", NOON, "3")
KIM, LEE = [embedding(1, 0, 0), embedding(1, 0.1, 0)], [embedding(0, 1, 0)]


def templates(known: Gallery, name: str) -> list[list[float]]:
    place = known.people.index(find_person(known, name))
    return [row.tolist() for row in known.vectors[known.owners == place]]


def test_people_are_found_by_id_and_by_name() -> None:
    known = gallery({"Kim": KIM, "Lee": LEE})
    assert find_person(known, "kim") == find_person(known, "Kim") == Person("kim", "Kim")
    with pytest.raises(GalleryError, match="knows nobody called Park"):
        find_person(known, "Park")
    twins = replace(known, people=(Person("1", "Kim"), Person("2", "Kim")))
    with pytest.raises(GalleryError, match=r"2 people are called Kim\. Name one by id: 1, 2"):
        find_person(twins, "Kim")


def test_what_is_said_of_a_person_is_exchanged() -> None:
    known = gallery({"Kim": KIM, "Lee": LEE})
    kim = Person("kim", "Kim", expires_at=NOON, consent=CONSENT)
    changed = with_person(known, kim)
    assert changed.people == (kim, Person("lee", "Lee"))
    assert templates(changed, "kim") == templates(known, "kim")
    with pytest.raises(GalleryError, match="nobody"):
        with_person(known, Person("park", "Park"))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=5), st.data())
def test_who_is_left_out_takes_only_their_templates_along(
    counts: list[int], data: st.DataObject
) -> None:
    people = {
        f"P{place}": [embedding(place + 1, turn, 1) for turn in range(count)]
        for place, count in enumerate(counts)
    }
    known = gallery(people)
    name = data.draw(st.sampled_from(sorted(people)))
    rest = without_person(known, find_person(known, name))
    assert [one.name for one in rest.people] == [one for one in people if one != name]
    assert len(rest.vectors) == len(known.vectors) - len(people[name])
    for one in rest.people:
        assert templates(rest, one.id) == templates(known, one.id)


def test_the_last_person_can_be_left_out() -> None:
    known = gallery({"Kim": KIM})
    assert without_person(known, known.people[0]).people == ()


def test_enrolled_anew_people_keep_expiry_and_consent() -> None:
    old = gallery({"Kim": KIM, "Lee": LEE})
    old = with_person(old, Person("kim", "Kim", expires_at=NOON, consent=CONSENT))
    new = renewed(old, gallery({"Kim": LEE, "Park": KIM}))
    assert new.people == (
        Person("kim", "Kim", expires_at=NOON, consent=CONSENT),
        Person("park", "Park"),
    )
    assert templates(new, "kim") == [LEE[0].vector.tolist()]


def test_enrolling_anew_keeps_version_and_a_fitting_calibration() -> None:
    made = calibration(MODEL, scale=Scale(), threshold=0.5)
    old = replace(gallery({"Kim": KIM}), version=7, calibration=made)
    new = renewed(old, gallery({"Kim": LEE}))
    assert (new.version, new.calibration) == (7, made)
    other = replace(gallery({"Kim": LEE}), model_id="b" * 64)
    assert renewed(old, other).calibration is None


def test_several_people_are_exchanged_at_once() -> None:
    known = gallery({"Kim": KIM, "Lee": LEE})
    changed = with_people(known, [Person("lee", "L"), Person("kim", "K")])
    assert [one.name for one in changed.people] == ["K", "L"]
    with pytest.raises(GalleryError, match="the id park"):
        with_people(known, [Person("kim", "K"), Person("park", "P")])


def test_people_are_added_to_a_gallery() -> None:
    old = gallery({"Kim": KIM, "Lee": LEE})
    both = joined(old, gallery({"Lee": [embedding(0, 1, 1)], "Park": [embedding(0, 0, 1)]}))
    assert [one.id for one in both.people] == ["kim", "lee", "park"]
    assert templates(both, "kim") == templates(old, "kim")
    assert templates(both, "lee") == [embedding(0, 1, 1).vector.tolist()]
    assert np.array_equal(both.photos, [1, 1, 1, 1])
    assert joined(gallery({}), old).people == old.people


def test_people_of_two_models_or_detectors_are_not_put_together() -> None:
    old, new = gallery({"Kim": KIM}), gallery({"Lee": LEE})
    with pytest.raises(GalleryModelError):
        joined(old, replace(new, model_id="b" * 64))
    with pytest.raises(GalleryError, match="detector blazeface, these photos with haar"):
        joined(old, replace(new, detector="haar"))


def test_moments_are_kept_in_utc_and_need_a_time_zone() -> None:
    seoul = timezone(timedelta(hours=9))
    kim = Person("kim", "Kim", expires_at=datetime(2026, 3, 1, 21, tzinfo=seoul))
    assert kim.expires_at == NOON
    assert kim.expires_at.tzinfo is UTC
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - what is refused
    with pytest.raises(GalleryError, match=r"expires_at.*has no time zone"):
        Person("kim", "Kim", expires_at=naive)
    with pytest.raises(GalleryError, match=r"consent.recorded_at.*has no time zone"):
        Consent("Kim", naive, "3")
