"""Open-set identification: the right person returned, and strangers not."""

from dataclasses import replace

import numpy as np
import pytest
from support.measured_people import FUSION, crowd, embedded, photo, together, unit

from faceidd.evaluation.draws import DrawRules
from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.identification import OpenSet, identify
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Scorer

COSINE = Scorer(Scale())


def identified(people: Embedded, scorer: Scorer = COSINE, **rules: int) -> OpenSet:
    found = identify(people, scorer, FUSION, DrawRules(**{"repeats": 20, **rules}))
    assert found is not None
    return found


def test_people_who_are_far_apart_are_always_told_apart() -> None:
    found = identified(crowd(10, 6, spread=0.1, dimension=128))
    assert found.enrolled == 20 * 5
    assert found.known.closeness.size == found.strangers.closeness.size / 2 == 20 * 5
    assert found.tpir_at(1e-2) == 1
    assert found.returned(0.7, 0.1) == (100, 0)


def test_whoever_looks_like_another_is_never_returned() -> None:
    """Two people with one face, of whom a gallery of two would return either."""
    vectors = unit(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0]]))
    photos = [photo(f"{i} {j}", str(i)) for i in range(4) for j in range(4)]
    alike = embedded(photos, np.repeat(vectors[[0, 0, 1, 2]], 4, axis=0))
    found = identified(alike, repeats=60)
    everybody = found.known.closeness.size
    right, strangers = found.returned(0.9, -1)
    # The twins are both enrolled in one draw of six; then one of their two visits is returned
    # wrongly. One of them is enrolled in four of six; then the other is a stranger who is let in.
    assert 0 < everybody - right < everybody / 4
    assert strangers == pytest.approx(found.strangers.closeness.size / 3, rel=0.25)
    margins = found.returned(0.9, 0.1)
    assert margins[0] < right
    assert margins[1] == strangers


def test_visits_are_fused_and_enrollments_too() -> None:
    """Frames that scatter widely around a person are of use only together."""
    people = crowd(12, 20, spread=0.8, dimension=12)
    alone = identified(people, photos=1, frames=1).tpir_at(1e-2)
    fused = identified(people, photos=6, frames=6).tpir_at(1e-2)
    assert alone is not None
    assert fused is not None
    assert fused > alone + 0.3


def test_how_many_frames_were_really_fused_is_counted() -> None:
    found = identified(together(crowd(4, 5), crowd(4, 8, seed=1, set="more")))
    assert sum(found.known_frames.values()) == found.known.closeness.size
    assert set(found.known_frames) == {2, 3}
    assert set(found.stranger_frames) == {3}


@pytest.mark.parametrize("metric", Metric)
def test_every_metric_finds_the_same_people(metric: Metric) -> None:
    people = crowd(8, 6, spread=1.0)
    expected, found = identified(people), identified(people, Scorer(Scale(metric)))
    assert found.tpir_at(1e-2) == pytest.approx(expected.tpir_at(1e-2), abs=0.03)
    assert found.known.margins == pytest.approx(expected.known.margins, abs=1e-5)


def test_a_higher_threshold_never_returns_more() -> None:
    found = identified(crowd(8, 6, spread=1.0))
    counts = [found.returned(threshold, 0.0) for threshold in np.linspace(-1, 1, 21)]
    assert counts == sorted(counts, reverse=True)
    assert found.returned(-2, -9)[1] == found.strangers.closeness.size


def test_a_rate_that_the_strangers_do_not_support_is_unknown() -> None:
    found = identified(crowd(2, 6), repeats=1)
    assert found.tpir_at(0.1) is None


def test_a_gallery_of_one_has_no_next_person() -> None:
    found = identified(crowd(3, 6))
    assert np.isinf(found.known.margins).all()
    assert found.returned(-1, 0.5)[0] == found.known.closeness.size


def test_people_whose_photos_disagree_are_not_enrolled_and_counted() -> None:
    people = together(crowd(4, 6), crowd(4, 6, set="wild", spread=9, seed=1))
    found = identified(people, repeats=30)
    assert 0 < found.disagreed < 30 * 4
    assert found.enrolled + found.disagreed == 30 * 4
    assert found.known.closeness.size == 30 * 4 - found.disagreed  # one visit each
    assert found.strangers.closeness.size % (4 * 2) == 0
    assert found.returned(0.5, 0)[0] == found.known.closeness.size


def test_where_no_photos_agree_there_is_no_open_set() -> None:
    assert identify(crowd(6, 6, spread=9), COSINE, FUSION, DrawRules(repeats=3)) is None


@pytest.mark.parametrize(("people", "photos"), [(1, 9), (6, 3)])
def test_too_few_people_or_photos_are_no_open_set(people: int, photos: int) -> None:
    assert identify(crowd(people, photos), COSINE, FUSION, DrawRules()) is None


def test_the_same_seed_gives_the_same_answer() -> None:
    people = crowd(8, 6, spread=1.0)
    one, again = identified(people, seed=3), identified(people, seed=3)
    assert one.known.closeness.tolist() == again.known.closeness.tolist()
    assert one.rules == replace(DrawRules(), repeats=20, seed=3)
