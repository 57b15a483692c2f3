"""Decisions: the table, and that a stricter rule never opens a door."""

import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.people import embedding, gallery

from faceidd.access.decision import Decision, Reason, Rules, Verdict, decide
from faceidd.access.presence import Evidence
from faceidd.gallery.gallery import Match, Person
from faceidd.gallery.metric import Metric
from faceidd.units import Instant, Seconds

KIM = Person("kim", "Kim")
COSINES = st.floats(-1, 1, width=32)


def rules(
    threshold: float = 0.7,
    metric: Metric = Metric.COSINE,
    min_frames: int = 3,
    stranger_frames: int = 5,
) -> Rules:
    return Rules(metric, threshold, min_frames, stranger_frames, Seconds(1.5))


def evidence(frames: int, seen: int) -> Evidence:
    return Evidence(embedding(1, 0, 0), frames, seen, Instant(10.0), Instant(11.0))


def match(value: float, metric: Metric = Metric.COSINE) -> Match:
    return Match(KIM, metric, value, 0.1)


@pytest.mark.parametrize(
    ("near", "frames", "seen", "verdict", "reason"),
    [
        (True, 1, 1, Verdict.UNDECIDED, Reason.TOO_FEW_FRAMES),
        (True, 2, 9, Verdict.UNDECIDED, Reason.TOO_FEW_FRAMES),
        (True, 3, 3, Verdict.GRANT, Reason.RECOGNIZED),
        (True, 9, 40, Verdict.GRANT, Reason.RECOGNIZED),
        (False, 1, 1, Verdict.UNDECIDED, Reason.NOT_YET_RECOGNIZED),
        (False, 4, 4, Verdict.UNDECIDED, Reason.NOT_YET_RECOGNIZED),
        (False, 5, 5, Verdict.DENY, Reason.STRANGER),
        (False, 1, 40, Verdict.DENY, Reason.STRANGER),
    ],
)
def test_the_table(near: bool, frames: int, seen: int, verdict: Verdict, reason: Reason) -> None:
    nearest = match(0.71 if near else 0.69)
    assert decide(evidence(frames, seen), nearest, nearest, rules()) == Decision(
        verdict,
        reason,
        KIM if verdict is Verdict.GRANT else None,
        nearest,
        frames,
        Instant(10.0),
        Instant(11.0),
    )


@pytest.mark.parametrize(("seen", "verdict"), [(4, Verdict.UNDECIDED), (5, Verdict.DENY)])
def test_an_empty_gallery_knows_strangers_only(seen: int, verdict: Verdict) -> None:
    decision = decide(evidence(seen, seen), None, None, rules())
    assert (decision.verdict, decision.person, decision.match) == (verdict, None, None)


@pytest.mark.parametrize(
    ("metric", "value", "accepted"),
    [
        (Metric.COSINE, 0.7, True),
        (Metric.COSINE, math.nextafter(0.7, 0), False),
        (Metric.EUCLIDEAN_L2, 0.7, True),
        (Metric.EUCLIDEAN_L2, math.nextafter(0.7, 1), False),
        (Metric.EUCLIDEAN, 0.0, True),
        (Metric.EUCLIDEAN, 40.0, False),
    ],
)
def test_the_threshold_itself_is_near_enough(metric: Metric, value: float, accepted: bool) -> None:
    assert rules(metric=metric).accepts(match(value, metric)) is accepted


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("threshold", [0.7, math.nan, -1.0])
@pytest.mark.parametrize("seen", [1, 3, 40])
def test_what_is_not_a_number_is_never_accepted(
    metric: Metric, threshold: float, seen: int
) -> None:
    strict = rules(threshold, metric)
    assert not strict.accepts(match(math.nan, metric))
    decision = decide(evidence(seen, seen), match(math.nan, metric), match(1.0, metric), strict)
    assert decision.verdict is not Verdict.GRANT
    assert not rules(math.nan, metric).accepts(match(0.9, metric))


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(Metric, 2)))
def test_metrics_are_never_mixed(one: Metric, other: Metric) -> None:
    with pytest.raises(ValueError, match="held against"):
        rules(metric=one).accepts(match(0.5, other))


@given(
    st.sampled_from(list(Metric)),
    st.floats(-1, 2),
    st.floats(-1, 2),
    st.floats(0, 2),
    st.integers(1, 9),
    st.integers(0, 9),
)
def test_a_stricter_threshold_never_turns_anything_into_a_grant(
    metric: Metric, value: float, threshold: float, by: float, frames: int, older: int
) -> None:
    stricter = threshold + by if metric is Metric.COSINE else threshold - by
    seen, nearest = evidence(frames, frames + older), match(value, metric)
    before = decide(seen, nearest, nearest, rules(threshold, metric)).verdict
    after = decide(seen, nearest, nearest, rules(stricter, metric)).verdict
    assert before is Verdict.GRANT or after is not Verdict.GRANT


@given(COSINES, COSINES, st.integers(1, 9), st.integers(0, 9))
def test_equivalent_thresholds_give_equal_verdicts(
    cosine: float, threshold: float, frames: int, older: int
) -> None:
    assume(abs(cosine - threshold) > 1e-5)
    probe, known = embedding(1, 0, 0), embedding(cosine, math.sqrt(1 - cosine**2), 0)
    people = gallery({"Kim": [known]})
    seen = evidence(frames, frames + older)
    verdicts = {
        decide(seen, nearest, nearest, rules(limit, metric)).verdict
        for metric, limit in (
            (Metric.COSINE, threshold),
            (Metric.EUCLIDEAN_L2, math.sqrt(2 - 2 * threshold)),
            (Metric.EUCLIDEAN, math.sqrt(2 - 2 * threshold)),
        )
        for nearest in [people.match(probe, metric)]
    }
    assert len(verdicts) == 1


@given(st.floats(-1, 1), st.integers(2, 20))
def test_one_frame_never_opens_a_door_that_wants_more(value: float, min_frames: int) -> None:
    for seen in (1, 500):
        strict = rules(-1.0, min_frames=min_frames)
        decision = decide(evidence(1, seen), match(value), match(value), strict)
        assert decision.verdict is not Verdict.GRANT


@pytest.mark.parametrize(
    "alone",
    [None, match(0.69), Match(Person("lee", "Lee"), Metric.COSINE, 0.9, 0.1)],
    ids=["nobody", "not near enough", "another person"],
)
def test_the_newest_frame_must_be_the_persons_by_itself(alone: Match | None) -> None:
    decision = decide(evidence(9, 40), match(0.95), alone, rules())
    assert (decision.verdict, decision.reason) == (Verdict.UNDECIDED, Reason.NEWEST_DIFFERS)
    assert decision.person is None
