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
    # Three people and two, however many photos they have; never across the sets.
    assert (first.group, first.people, first.comparisons) == ("a", 5, 3 + 1)
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
    assert "east 435 of 30 people" in caught.value.what
    found = re.search(r"about (\d+) people of one set", caught.value.do)
    assert found is not None
    advised = int(found[1])
    assert advised * (advised - 1) / 2 >= needed
    require_support(Crowd.of(crowd(advised, 1, dimension=4)), 1e-4)


def test_more_photos_of_the_same_people_show_nothing_more() -> None:
    few = Crowd.of(crowd(FEWEST_PEOPLE, 20))
    assert supports(few, 0.02)[0].comparisons == FEWEST_PEOPLE * (FEWEST_PEOPLE - 1) // 2
    with pytest.raises(EvaluationError, match=f"of {FEWEST_PEOPLE} people"):
        require_support(few, 0.01)
    with pytest.raises(EvaluationError, match=f"of {FEWEST_PEOPLE - 1} people"):
        require_support(Crowd.of(crowd(FEWEST_PEOPLE - 1, 20)), 0.1)


def test_a_small_group_may_stand_by_but_a_larger_one_may_not() -> None:
    large = crowd(60, 1, set="one", group="many")
    groups = require_support(Crowd.of(together(large, crowd(6, 1, set="two", group="few"))), 0.05)
    assert {one.group: one.supported for one in groups} == {"many": True, "few": False}
    with pytest.raises(EvaluationError, match="few 21 of 7 people"):
        require_support(Crowd.of(together(large, crowd(7, 1, set="two", group="few"))), 0.05)


@pytest.mark.parametrize("comparisons", [1, 299, 2995, 29956])
def test_people_needed_are_the_fewest(comparisons: int) -> None:
    needed = people_needed(comparisons)
    assert needed * (needed - 1) / 2 >= comparisons
    assert needed == FEWEST_PEOPLE or (needed - 1) * (needed - 2) / 2 < comparisons
