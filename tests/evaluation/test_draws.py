"""Draws: who is enrolled from which photos, and who comes with which frames."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.measured_people import crowd, together

from faceidd.evaluation.draws import Draw, Drawing, DrawRules, Rows
from faceidd.evaluation.embedded import Embedded


def drawn(people: Embedded, rules: DrawRules, seed: int = 0) -> Draw:
    draw = Drawing(people.photos, rules).draw(np.random.default_rng(seed))
    assert draw is not None
    return draw


def owner(people: Embedded, rows: Rows) -> str:
    (name,) = {people.photos[int(row)].identity for row in rows}
    return name


@given(
    st.integers(2, 9), st.integers(1, 9), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3)
)
def test_nobody_is_enrolled_and_a_stranger_and_no_photo_serves_twice(
    size: int, photos: int, enroll: int, frames: int, seed: int
) -> None:
    people = crowd(size, photos)
    drawing = Drawing(people.photos, DrawRules(enroll, frames))
    draw = drawing.draw(np.random.default_rng(seed))
    if photos <= enroll:
        assert drawing.able == 0
        assert draw is None
        return
    assert draw is not None
    known = [owner(people, rows) for rows in draw.enrolled]
    assert len(set(known)) == size // 2
    assert {owner(people, rows) for rows in draw.strangers}.isdisjoint(known)
    assert all(owner(people, rows) == known[at] for at, rows in draw.visits)
    used = Counter(
        int(row)
        for rows in (*draw.enrolled, *(rows for _, rows in draw.visits), *draw.strangers)
        for row in rows
    )
    assert max(used.values()) == 1
    assert {len(rows) for rows in draw.enrolled} == {enroll}
    left = photos - enroll
    assert {len(rows) for _, rows in draw.visits} == {min(frames, left)}
    assert {len(rows) for rows in draw.strangers} == {min(frames, photos)}


def test_who_has_too_few_photos_is_a_stranger_as_often_as_others_and_never_enrolled() -> None:
    people = together(crowd(4, 5), crowd(4, 2, seed=1, set="few"))
    assert Drawing(people.photos, DrawRules(3, 3)).able == 4
    strangers = Counter[str]()
    for seed in range(100):
        draw = Drawing(people.photos, DrawRules(3, 3)).draw(np.random.default_rng(seed))
        if draw is not None:
            assert all("few" not in owner(people, rows) for rows in draw.enrolled)
            strangers.update(owner(people, rows) for rows in draw.strangers)
            assert len(draw.strangers) == 4
    assert len(strangers) == 8
    assert min(strangers.values()) > 25


def test_visits_are_of_one_session_and_of_another_than_the_enrollment() -> None:
    people = crowd(6, 9, sessions=3)
    for seed in range(20):
        draw = drawn(people, DrawRules(3, 2), seed)
        session = [photo.session for photo in people.photos]
        for at, rows in draw.visits:
            assert len({session[row] for row in rows}) == 1
            assert session[rows[0]] not in {session[row] for row in draw.enrolled[at]}


def test_enrollment_takes_several_sessions_where_one_has_too_few_photos() -> None:
    people = crowd(4, 6, sessions=6)
    draw = drawn(people, DrawRules(3, 3))
    assert {len(rows) for rows in draw.enrolled} == {3}
    assert {len(rows) for _, rows in draw.visits} == {1}
    assert len(draw.visits) == 2 * 3


@pytest.mark.parametrize("sessions", [1, 2])
def test_without_a_second_session_with_photos_enough_nobody_is_enrolled(sessions: int) -> None:
    people = crowd(4, 4, sessions=sessions)
    assert Drawing(people.photos, DrawRules(3, 3)).draw(np.random.default_rng(0)) is None


def test_the_same_seed_gives_the_same_draw() -> None:
    people, rules = crowd(6, 7), DrawRules()
    one, again, other = (drawn(people, rules, seed) for seed in (1, 1, 2))
    assert [rows.tolist() for rows in one.enrolled] == [rows.tolist() for rows in again.enrolled]
    assert [rows.tolist() for rows in one.enrolled] != [rows.tolist() for rows in other.enrolled]
