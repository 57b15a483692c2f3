"""Labels of photos whose embeddings are made up."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.measured_people import Vectors, unit

from faceidd.access.presence import room
from faceidd.doctor.labels import Label, judge_labels
from faceidd.doctor.same_people import find_same_people

People = NDArray[np.intp]


def photos(people: int, each: int, *, seed: int = 0, spread: float = 0.4) -> tuple[Vectors, People]:
    """Photos of people who are as unlike each other as a model finds strangers."""
    random = np.random.default_rng(seed)
    centers = random.normal(size=(people, 1, 64)) + 1  # what all faces have in common
    scatter = random.normal(size=(people, each, 64)) * spread
    owners = np.repeat(np.arange(people), each)
    return unit((centers + scatter).reshape(-1, 64)), owners


CROWDED = 0.965
"""The cosine at which dlib tells two faces apart."""


def crowded(vectors: Vectors) -> Vectors:
    """The same photos, by a model that finds all faces alike, as dlib does."""
    common = np.zeros(vectors.shape[1])
    common[0] = 1
    return unit(vectors + 3.5 * common)


def judged(vectors: Vectors, people: People) -> Sequence[Label]:
    return judge_labels(vectors, people, np.arange(people.max() + 1)).labels


@given(st.integers(0, 50), st.integers(2, 6), st.integers(3, 6))
def test_photos_under_their_own_names_fit(seed: int, people: int, each: int) -> None:
    vectors, owners = photos(people, each, seed=seed)
    assert set(judged(vectors, owners)) == {Label.FITS}


@given(st.integers(0, 50), st.integers(3, 6), st.integers(3, 6))
def test_a_photo_under_another_name_is_found_and_whose_it_is(
    seed: int, people: int, each: int
) -> None:
    vectors, owners = photos(people, each, seed=seed)
    true, owners[0] = owners[0], 1
    told = judge_labels(vectors, owners, np.arange(people))
    assert told.labels[0] is Label.ANOTHERS
    assert told.nearest[0] == true
    assert set(told.labels[1:]) == {Label.FITS}
    assert told.other[0] > told.own[0]


def test_a_right_photo_beside_a_wrong_one_is_not_taken_along() -> None:
    vectors, owners = photos(8, 4)
    kept = np.delete(np.arange(len(owners)), [4, 5])  # two photos are left of the second person
    owners[0] = 1
    told = judged(vectors[kept], owners[kept])
    assert told.count(Label.ANOTHERS) == 1
    assert told[0] is Label.ANOTHERS


def test_a_photo_of_nobody_is_found() -> None:
    vectors, owners = photos(9, 4)
    strange = np.flatnonzero(owners == 8)[:1]
    rows = np.concatenate([np.flatnonzero(owners < 8), strange])
    owners[strange] = 3
    assert judged(vectors[rows], owners[rows])[-1] in {Label.NOBODYS, Label.ANOTHERS}
    assert set(judged(vectors[rows], owners[rows])[:-1]) == {Label.FITS}


def test_a_photo_that_is_nobodys_is_hardly_nearer_to_its_own() -> None:
    vectors, owners = photos(6, 4)
    vectors[0] = unit(vectors.mean(axis=0))
    assert judged(vectors, owners)[0] is Label.NOBODYS


def test_one_photo_alone_is_not_judged() -> None:
    vectors, owners = photos(4, 3)
    told = judged(vectors[:-2], owners[:-2])
    assert told[-1] is Label.ALONE
    assert set(told[:-1]) == {Label.FITS}


def test_looks_of_a_person_are_nobody_elses() -> None:
    vectors, looks = photos(4, 4)
    owners = np.array([0, 1, 2, 0])  # the last look is the first person's
    assert set(judge_labels(vectors, looks, owners).labels) == {Label.FITS}
    looks[0] = 3
    assert set(judge_labels(vectors, looks, owners).labels) == {Label.FITS}


def test_one_person_and_nobody_are_no_fault() -> None:
    vectors, owners = photos(1, 3)
    told = judge_labels(vectors, owners, np.arange(1))
    assert set(told.labels) == {Label.FITS}
    assert set(told.nearest.tolist()) == {-1}
    empty = judge_labels(np.empty((0, 1), np.float32), np.empty(0, np.intp), np.empty(0, np.intp))
    assert empty.labels == ()


@given(st.integers(0, 50), st.integers(3, 6))
def test_people_are_not_taken_for_each_other(seed: int, people: int) -> None:
    vectors, owners = photos(people, 4, seed=seed)
    assert find_same_people(vectors, owners) == ()


@given(st.integers(0, 50), st.integers(3, 6))
def test_one_person_under_two_names_is_found(seed: int, people: int) -> None:
    vectors, owners = photos(people, 6, seed=seed)
    owners[:3] = people
    assert find_same_people(vectors, owners) == ((0, people),)


@given(st.integers(0, 50), st.integers(3, 6))
def test_a_model_that_crowds_faces_is_measured_by_its_own_room(seed: int, people: int) -> None:
    vectors, owners = photos(people, 6, seed=seed, spread=0.3)
    near = crowded(vectors)
    assert find_same_people(near, owners)  # what is a lead with FaceNet nobody has here
    assert find_same_people(near, owners, room(CROWDED)) == ()
    looks = np.arange(people + 1)
    owners[0] = 1
    told = judge_labels(near, owners, looks[:people], room(CROWDED))
    assert told.labels[0] is Label.ANOTHERS
    owners[:3] = people
    assert find_same_people(near, owners, room(CROWDED)) == ((0, people),)


@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_wrong_photo_does_not_make_two_people_one(left: int) -> None:
    vectors, owners = photos(5, 4)
    owners[0] = 1
    kept = np.concatenate(
        [np.arange(4), np.flatnonzero(owners == 1)[1 : 1 + left], np.arange(8, 20)]
    )
    assert find_same_people(vectors[kept], owners[kept]) == ()


def test_nobody_is_nobody_else() -> None:
    assert find_same_people(np.empty((0, 1), np.float32), np.empty(0, np.intp)) == ()
