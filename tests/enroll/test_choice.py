"""Which shots of a person are kept: bounded, good, and different."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.people import embedding

from faceidd.enroll.choice import POOL, BestAndMostDifferent, First, Keeper
from faceidd.enroll.shot import Shot


def shot(sequence: int, score: float = 0.5, yaw: float = 0.0) -> Shot:
    face = embedding(1, 0, 0)
    return Shot(sequence, score, np.array([yaw, 0, 0, *face.vector], np.float32), face)


def offered(keeper: Keeper, *shots: Shot) -> list[int]:
    """The numbers of the frames that are chosen of these."""
    for one in shots:
        keeper.offer(one, lambda number=one.sequence: str(number).encode())  # type: ignore[misc]  # bound at once
    chosen = keeper.chosen()
    assert [int(one.content) for one in chosen] == [one.shot.sequence for one in chosen]
    return [one.shot.sequence for one in chosen]


def test_the_best_is_chosen_and_then_the_most_different() -> None:
    turning = [shot(n, 0.5, yaw=n / 10) for n in range(11)]
    assert offered(BestAndMostDifferent(1), *turning, shot(11, 0.6, 0.5)) == [11]
    assert offered(BestAndMostDifferent(3), *turning, shot(11, 0.6, 0.5)) == [0, 10, 11]


def test_of_two_alike_the_better_is_chosen() -> None:
    assert offered(BestAndMostDifferent(2), shot(0, 0.9), shot(1, 0.5, 1), shot(2, 0.6, 1)) == [
        0,
        2,
    ]


def test_a_poor_shot_is_not_chosen_for_being_different() -> None:
    assert offered(BestAndMostDifferent(2), shot(0, 0.8), shot(1, 0.39, 5)) == [0]


def test_shots_that_show_nothing_new_are_not_chosen() -> None:
    assert offered(BestAndMostDifferent(5), *(shot(n, yaw=n / 1000) for n in range(9))) == [0]
    assert offered(BestAndMostDifferent(5)) == []


def test_a_long_video_takes_no_more_memory_and_keeps_what_is_rare() -> None:
    keeper = BestAndMostDifferent(3)
    made = []

    def picture() -> bytes:
        made.append(1)
        return b"0"

    rng = np.random.default_rng(0)
    for number in range(1000):
        yaw = {300: 3.0, 600: -3.0}.get(number, float(rng.normal(0, 0.05)))
        keeper.offer(shot(number, float(rng.uniform(0.5, 0.6)), yaw), picture)
        assert len(list(keeper.kept())) <= POOL
    assert {300, 600} <= {one.shot.sequence for one in keeper.chosen()}
    assert len(made) < 500, "pictures are made of what is kept only"


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1)), max_size=80), st.integers(1, 60))
def test_never_more_than_asked_for_never_one_twice_the_best_among_them(
    faces: list[tuple[float, float]], most: int
) -> None:
    shots = [shot(number, score, yaw) for number, (score, yaw) in enumerate(faces)]
    chosen = offered(BestAndMostDifferent(most), *shots)
    assert len(chosen) <= most
    assert len(set(chosen)) == len(chosen)
    assert chosen == sorted(chosen)
    if shots:
        best = max(one.score for one in shots)
        assert max(shots[number].score for number in chosen) == pytest.approx(best)


def test_the_first_are_kept_as_they_come() -> None:
    assert offered(First(3), *(shot(n, score=n / 10) for n in range(9))) == [0, 1, 2]
    keeper = First(2)
    assert offered(keeper, shot(4), shot(8)) == [4, 8]
    assert offered(keeper, shot(2), shot(9)) == [2, 4]
