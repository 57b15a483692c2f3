"""Comparisons: every photo against every other, in blocks, and the worst pairs of them."""

import numpy as np
import pytest
from support.measured_people import crowd, embedded, photo, unit

from faceidd.evaluation import comparisons
from faceidd.evaluation.comparisons import compare_all
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import Cohort, Scorer

COSINE = Scorer(Scale())


def cohort(size: int = 60) -> Cohort:
    strangers = crowd(size, 1, seed=9)
    return Cohort("told", strangers.vectors.copy(), strangers.norms.copy())


SCORERS = [
    COSINE,
    Scorer(Scale(Metric.EUCLIDEAN)),
    Scorer(Scale(Metric.COSINE, Normalization.S_NORM), cohort()),
    Scorer(Scale(Metric.ANGULAR, Normalization.CENTERING), cohort()),
]


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda one: str(one.scale))
@pytest.mark.parametrize("block", [1, 7, 1000])
def test_blocks_give_what_every_pair_by_itself_gives(
    scorer: Scorer, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparisons, "BLOCK", block)
    people = crowd(6, 4)
    found = compare_all(people, scorer)
    genuine: list[float] = []
    impostor: list[float] = []
    for one in range(24):
        for other in range(one):
            rows = [scorer.prepare(people.vectors[[i]], people.norms[[i]]) for i in (one, other)]
            value = float(scorer.scale.closeness(scorer.values(*rows))[0, 0])
            (genuine if one // 4 == other // 4 else impostor).append(value)
    assert found.genuine == pytest.approx(sorted(genuine), abs=1e-5)
    assert found.impostor == pytest.approx(sorted(impostor), abs=1e-5)
    assert found.impostor_pairs == len(impostor)


def test_photos_of_one_session_are_no_genuine_pair() -> None:
    found = compare_all(crowd(3, 4, sessions=2), COSINE)
    assert found.genuine.size == 3 * 4  # of six pairs a person two are of one session
    assert found.impostor.size == 3 * 16


def test_the_worst_pairs_are_of_other_people_each() -> None:
    vectors = unit(np.array([[1, 0, 0], [1, 0.1, 0], [1, 0.2, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]]))
    photos = [photo(str(i), name) for i, name in enumerate("aabbcc")]
    found = compare_all(embedded(photos, vectors), COSINE, worst=2)
    assert [(p.first, p.second) for p in found.worst_genuine] == [(4, 5), (2, 3)]
    assert [(p.first, p.second) for p in found.worst_impostor] == [(1, 2), (2, 4)]
    values = [pair.value for pair in found.worst_genuine]
    assert values == pytest.approx([0, 0.196], abs=1e-3)


def test_the_worst_pairs_of_a_distance_are_told_as_distances() -> None:
    found = compare_all(crowd(4, 3), Scorer(Scale(Metric.EUCLIDEAN_L2)), worst=1)
    (near,), (far,) = found.worst_impostor, found.worst_genuine
    assert near.value == pytest.approx(-found.impostor[-1])
    assert far.value == pytest.approx(-found.genuine[0])
    assert near.value > 0


def test_of_too_many_impostors_a_part_is_drawn_and_their_number_is_kept() -> None:
    people = crowd(40, 5)
    whole = compare_all(people, COSINE)
    part = compare_all(people, COSINE, most=3000)
    assert part.impostor_pairs == whole.impostor_pairs == 19500
    assert part.impostor.size == pytest.approx(3000, rel=0.1)
    assert part.genuine.tolist() == whole.genuine.tolist()
    assert np.median(part.impostor) == pytest.approx(np.median(whole.impostor), abs=0.02)
    assert compare_all(people, COSINE, most=3000).impostor.tolist() == part.impostor.tolist()


@pytest.mark.parametrize("photos", [0, 1])
def test_less_than_two_photos_are_no_pair(photos: int) -> None:
    found = compare_all(crowd(3, 1).take(np.arange(photos)), COSINE, worst=3)
    assert (found.genuine.size, found.impostor.size, found.impostor_pairs) == (0, 0, 0)
    assert (found.worst_genuine, found.worst_impostor) == ((), ())
