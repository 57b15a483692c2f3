"""Support: a target that the data cannot vouch for is refused, with what would be needed."""

import re

import numpy as np
import pytest
from support.measured_people import crowd, together

from faceidd.evaluation.calibration_people import Crowd
from faceidd.evaluation.calibration_support import (
    FEWEST_PEOPLE,
    people_needed,
    require_support,
    supports,
)
from faceidd.evaluation.calibration_tail import trials_needed
from faceidd.evaluation.errors import EvaluationError


def test_comparisons_of_different_people_are_counted_over_the_sets_of_a_group() -> None:
    uneven = crowd(3, 4, set="one", group="a").take(np.array([0, 1, 2, 3, 4, 5, 8]))
    people = Crowd.of(
        together(uneven, crowd(2, 3, set="two", group="a"), crowd(1, 5, set="three", group="b"))
    )
    first, second = supports(people, 0.1)
    # 4, 2 and 1 photos: 4*2 + 4*1 + 2*1; 3 and 3 photos: 3*3; never across the sets.
    assert (first.group, first.people, first.comparisons) == ("a", 5, 14 + 9)
    assert (second.group, second.people, second.comparisons) == ("b", 1, 0)
    assert not first.supported
    assert not second.supported


def test_just_enough_comparisons_are_enough() -> None:
    people = Crowd.of(crowd(30, 1))
    comparisons = 30 * 29 // 2
    share = next(one / 1e4 for one in range(1, 1000) if trials_needed(one / 1e4) <= comparisons)
    (group,) = require_support(people, share)
    assert (group.comparisons, group.supported) == (comparisons, True)
    with pytest.raises(EvaluationError):
        require_support(people, share - 1e-4)


def test_a_target_that_the_data_cannot_show_is_refused_with_what_is_needed() -> None:
    people = Crowd.of(crowd(30, 2, group="east"))
    with pytest.raises(EvaluationError) as caught:
        require_support(people, 1e-4)
    needed = trials_needed(1e-4)
    assert f"needs {needed} comparisons" in caught.value.what
    assert "95% confidence" in caught.value.what
    assert "east 1740 of 30 people" in caught.value.what
    found = re.search(r"about (\d+) people a group", caught.value.do)
    assert found is not None
    advised = int(found[1])
    assert 2 * 2 * advised * (advised - 1) / 2 >= needed
    require_support(Crowd.of(crowd(advised, 2, dimension=4)), 1e-4)


def test_many_photos_of_few_people_are_not_enough() -> None:
    few = Crowd.of(crowd(FEWEST_PEOPLE - 1, 20))
    assert supports(few, 0.1)[0].comparisons > 50 * trials_needed(0.1)
    with pytest.raises(EvaluationError, match=f"of {FEWEST_PEOPLE - 1} people"):
        require_support(few, 0.1)


def test_a_small_group_may_stand_by_but_a_larger_one_may_not() -> None:
    large = crowd(60, 1, set="one", group="many")
    groups = require_support(Crowd.of(together(large, crowd(6, 1, set="two", group="few"))), 0.05)
    assert {one.group: one.supported for one in groups} == {"many": True, "few": False}
    with pytest.raises(EvaluationError, match="few 21 of 7 people"):
        require_support(Crowd.of(together(large, crowd(7, 1, set="two", group="few"))), 0.05)


@pytest.mark.parametrize("comparisons", [1, 299, 2995, 29956])
@pytest.mark.parametrize("photos", [1.0, 2.5, 20.0])
def test_people_needed_are_the_fewest(comparisons: int, photos: float) -> None:
    def given(people: int) -> float:
        return photos**2 * people * (people - 1) / 2

    needed = people_needed(comparisons, photos)
    assert given(needed) >= comparisons
    assert needed == FEWEST_PEOPLE or given(needed - 1) < comparisons
