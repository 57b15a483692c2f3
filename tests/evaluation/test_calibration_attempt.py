"""One attempt: each cell votes, the strictest vote rules, and what follows from it."""

import numpy as np
import pytest
from support.calibrating import gallery_of, leaning, purpose, two_groups
from support.measured_people import crowd, together

from faceidd.evaluation.calibration_attempt import (
    FEWEST_GENUINE,
    Attempt,
    Purpose,
    attempt,
    record,
    searched,
)
from faceidd.evaluation.calibration_people import Crowd, Kind, strangers
from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.errors import EvaluationError
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Target
from faceidd.gallery.scale import Normalization, Scale


def attempted(photos: Embedded, fmr: float = 1e-2, scale: Scale | None = None) -> Attempt:
    people = Crowd.of(photos)
    return attempt(people, strangers(people), scale or Scale(), purpose(fmr))


def test_the_worst_cell_rules() -> None:
    both = attempted(two_groups(40, 3))
    apart = attempted(crowd(40, 3, set="one", group="apart"))
    alike = attempted(leaning(crowd(40, 3, set="two", group="alike", seed=1), 0.5))
    assert both.ruling.scores.cell == ("two", "alike")
    assert both.threshold == alike.threshold > apart.threshold + 0.05
    votes = [one.vote.high for one in both.ballots if one.vote is not None]
    assert both.threshold == max(votes) > min(votes)


def test_no_cell_has_more_than_the_target_accepted() -> None:
    for scale in (Scale(), Scale(Metric.EUCLIDEAN_L2), Scale(normalization=Normalization.S_NORM)):
        records = attempted(two_groups(50, 2), 5e-3, scale).records()
        assert {one.kind for one in records} == {"single", "fused"}
        for one in records:
            assert one.trials > 0
            assert one.fmr <= 5e-3
            assert one.low <= one.fmr <= one.high


def test_each_cell_tells_what_it_alone_asks_for() -> None:
    found = attempted(two_groups(40, 3))
    asked = {(one.set, one.kind): one.threshold for one in found.records()}
    assert max(asked.values()) == found.threshold
    assert asked["one", "single"] < asked["two", "single"]


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        (Metric.COSINE, Normalization.NONE),
        (Metric.EUCLIDEAN, Normalization.CENTERING),
        (Metric.ANGULAR, Normalization.S_NORM),
    ],
)
def test_a_smaller_target_never_gives_a_laxer_threshold(
    metric: Metric, kind: Normalization
) -> None:
    scale, photos = Scale(metric, kind), crowd(45, 2, spread=0.8, dimension=8)
    found = [attempted(photos, target, scale) for target in (0.2, 0.02, 0.002)]
    closeness = [one.vote.high for one in found]
    assert closeness == sorted(closeness)
    assert closeness[0] < closeness[-1]
    thresholds = [one.threshold for one in found]
    assert thresholds == sorted(thresholds, reverse=not scale.greater_is_closer)


def test_a_distance_is_told_as_a_distance() -> None:
    found = attempted(crowd(40, 2), scale=Scale(Metric.ANGULAR))
    assert 0 < found.threshold == -found.vote.high < 0.5


def test_metrics_that_follow_from_each_other_give_thresholds_that_do() -> None:
    photos = crowd(40, 2)
    cosine = attempted(photos).threshold
    angle = attempted(photos, scale=Scale(Metric.ANGULAR)).threshold
    distance = attempted(photos, scale=Scale(Metric.EUCLIDEAN_L2)).threshold
    assert angle == pytest.approx(np.arccos(cosine) / np.pi, abs=3e-4)
    assert distance == pytest.approx(np.sqrt(2 - 2 * cosine), abs=3e-4)


def test_the_refused_are_the_mean_over_cells_with_genuine_pairs_enough() -> None:
    found = attempted(
        together(
            crowd(40, 2, set="clear"),
            crowd(40, 2, set="hazy", spread=1.5, seed=1),
            crowd(3, 2, set="few", spread=9, seed=2),
        )
    )
    shares = {
        (one.set, one.kind): (one.refused / one.genuine, one.genuine)
        for one in found.records()
        if one.genuine
    }
    assert shares["few", "single"][1] < FEWEST_GENUINE
    enough = [share for share, count in shares.values() if count >= FEWEST_GENUINE]
    assert found.fnmr == pytest.approx(np.mean(enough))
    assert shares["hazy", "single"][0] > shares["clear", "single"][0]


def test_few_genuine_pairs_are_judged_together_and_none_is_not_judged() -> None:
    assert attempted(crowd(40, 1)).fnmr is None
    found = attempted(together(crowd(40, 1, set="one"), crowd(5, 2, set="two", spread=2.0)))
    genuine = [one for one in found.records() if one.genuine]
    assert sum(one.genuine for one in genuine) < FEWEST_GENUINE
    assert found.fnmr == sum(one.refused for one in genuine) / sum(one.genuine for one in genuine)


def test_without_two_people_there_is_nothing_to_compare() -> None:
    with pytest.raises(EvaluationError, match="no two people"):
        attempted(together(crowd(1, 5, set="one"), crowd(1, 5, set="two")))


def test_a_record_counts_at_the_threshold_it_is_given() -> None:
    scores = attempted(crowd(40, 2)).ballots[0].scores
    low, high = (record(scores, at, 0.5) for at in (0.1, 0.3))
    assert low.accepted == int((scores.tail.closeness >= 0.1).sum()) > high.accepted
    assert low.refused == int((scores.genuine < 0.1).sum()) <= high.refused
    assert (low.people, low.faces, low.genuine, low.threshold) == (40, 80, 40, 0.5)


def in_gallery(target: Target, lean: float, size: int = 30) -> tuple[Attempt, Attempt]:
    """What comparisons alone give, and with the search in a gallery of people who are alike."""
    people = Crowd.of(leaning(crowd(60, 2), lean))
    asked, cohort = Purpose(target, 2), strangers(people)
    found = attempt(people, cohort, Scale(), asked)
    gallery = gallery_of(leaning(crowd(size, 1, seed=7), lean).vectors)
    return found, searched(found, people, cohort, asked, gallery)


def test_the_search_in_a_gallery_votes_too() -> None:
    """An FMR of 2 % lets 45 % of strangers through a gallery of 30; asked for is 10 %."""
    found, both = in_gallery(Target(fmr=0.02, fpir=0.1, templates=30), 0.3)
    assert both.threshold > found.threshold
    assert both.ruling.scores.kind in {Kind.SEARCH, Kind.FUSED_SEARCH}
    searches = [one for one in both.records() if one.kind in {"search", "fused_search"}]
    assert {one.trials for one in searches} == {120, 60}
    for one in searches:
        assert one.fmr <= 0.1
    assert (both.ballots[: len(found.ballots)]) == found.ballots


def test_where_an_fmr_is_asked_for_the_gallerys_size_says_the_share() -> None:
    target = Target(fmr=0.02, templates=30)
    _, both = in_gallery(target, 0.3)
    expected = target.expected_fpir()
    assert expected is not None
    for one in both.records():
        assert one.fmr <= (expected if "search" in one.kind else 0.02)


def test_a_search_never_makes_the_threshold_laxer() -> None:
    found, both = in_gallery(Target(fmr=0.001, fpir=0.5, templates=2), 0.0, size=2)
    assert both.threshold == found.threshold
    assert len(both.ballots) > len(found.ballots)


def test_an_empty_gallery_or_none_changes_nothing() -> None:
    people = Crowd.of(crowd(40, 1))
    cohort = strangers(people)
    found = attempt(people, cohort, Scale(), purpose())
    empty = gallery_of(np.empty((0, 32), np.float32))
    asked = Purpose(Target(fmr=0.01, templates=3), 2)
    assert searched(found, people, cohort, asked, empty) is found
    assert searched(found, people, cohort, purpose(), gallery_of(crowd(3, 1).vectors)) is found
