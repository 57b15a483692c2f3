"""Decisions: the table, and that a stricter rule never opens a door."""

import itertools
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.people import embedding, gallery

from faceidd.access.decision import Decision, Reason, Rules, Verdict, decide, refusal_of
from faceidd.access.presence import Evidence
from faceidd.gallery.gallery import Person
from faceidd.gallery.matcher import Match, Matcher
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale
from faceidd.units import Instant, Seconds

KIM = Person("kim", "Kim")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
COSINES = st.floats(-1, 1, width=32)
COSINE = Scale()
SCALES = [*map(Scale, Metric), Scale(Metric.COSINE, Normalization.S_NORM)]


def rules(
    threshold: float = 0.7,
    scale: Scale = COSINE,
    min_frames: int = 3,
    stranger_frames: int = 5,
) -> Rules:
    return Rules(scale, threshold, 0.05, min_frames, stranger_frames, Seconds(1.5))


def evidence(frames: int, seen: int) -> Evidence:
    return Evidence(embedding(1, 0, 0), frames, seen, Instant(10.0), Instant(11.0))


def match(value: float, scale: Scale = COSINE, margin: float = 0.1) -> Match:
    return Match(KIM, scale, value, margin)


def judge(seen: Evidence, nearest: Match | None, rule: Rules, *, alone: Match | None) -> Decision:
    return decide(seen, nearest, alone, rule, nearest=True, now=NOW)


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
    assert judge(evidence(frames, seen), nearest, rules(), alone=nearest) == Decision(
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
    decision = judge(evidence(seen, seen), None, rules(), alone=None)
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
    assert rules(scale=Scale(metric)).accepts(match(value, Scale(metric))) is accepted


@pytest.mark.parametrize("scale", SCALES, ids=str)
@pytest.mark.parametrize("threshold", [0.7, math.nan, -1.0])
@pytest.mark.parametrize("seen", [1, 3, 40])
def test_what_is_not_a_number_is_never_accepted(scale: Scale, threshold: float, seen: int) -> None:
    strict = rules(threshold, scale)
    nothing, near = match(math.nan, scale), match(1.0, scale)
    assert not strict.accepts(nothing)
    decision = judge(evidence(seen, seen), nothing, strict, alone=near)
    assert decision.verdict is not Verdict.GRANT
    assert not rules(math.nan, scale).accepts(match(0.9, scale))


@pytest.mark.parametrize("margin", [0.049, 0.0, -0.2, math.nan])
@pytest.mark.parametrize(
    ("seen", "verdict"), [(3, Verdict.UNDECIDED), (4, Verdict.UNDECIDED), (5, Verdict.DENY)]
)
def test_who_may_be_the_next_person_too_is_nobody(
    margin: float, seen: int, verdict: Verdict
) -> None:
    near = match(0.9, margin=margin)
    decision = judge(evidence(seen, seen), near, rules(), alone=near)
    assert (decision.verdict, decision.reason) == (verdict, Reason.AMBIGUOUS)
    assert decision.person is None


def test_who_is_not_nearest_waits() -> None:
    near = match(0.9)
    decision = decide(evidence(9, 40), near, near, rules(), nearest=False, now=NOW)
    assert (decision.verdict, decision.reason) == (Verdict.UNDECIDED, Reason.NOT_NEAREST)
    assert decision.person is None


@pytest.mark.parametrize(
    ("left", "verdict", "reason"),
    [
        (timedelta(microseconds=1), Verdict.GRANT, Reason.RECOGNIZED),
        (timedelta(0), Verdict.DENY, Reason.EXPIRED),
        (timedelta(days=-400), Verdict.DENY, Reason.EXPIRED),
    ],
)
def test_who_has_expired_is_denied(left: timedelta, verdict: Verdict, reason: Reason) -> None:
    guest = replace(KIM, expires_at=NOW + left)
    near = replace(match(0.9), person=guest)
    decision = judge(evidence(3, 3), near, rules(), alone=near)
    assert (decision.verdict, decision.reason) == (verdict, reason)
    assert decision.person == (guest if verdict is Verdict.GRANT else None)


@pytest.mark.parametrize(
    ("left", "verdict", "reason"),
    [
        (timedelta(0), Verdict.GRANT, Reason.RECOGNIZED),
        (timedelta(days=-400), Verdict.GRANT, Reason.RECOGNIZED),
        (timedelta(microseconds=1), Verdict.DENY, Reason.NOT_YET_VALID),
        (timedelta(days=400), Verdict.DENY, Reason.NOT_YET_VALID),
    ],
)
def test_who_is_not_valid_yet_is_denied(left: timedelta, verdict: Verdict, reason: Reason) -> None:
    guest = replace(KIM, valid_from=NOW + left)
    near = replace(match(0.9), person=guest)
    decision = judge(evidence(3, 3), near, rules(), alone=near)
    assert (decision.verdict, decision.reason) == (verdict, reason)
    assert decision.person == (guest if verdict is Verdict.GRANT else None)


def test_where_the_moment_is_unknown_dates_refuse() -> None:
    assert refusal_of(KIM, None) is None
    assert refusal_of(replace(KIM, expires_at=NOW), None) is Reason.EXPIRED
    assert refusal_of(replace(KIM, valid_from=NOW), None) is Reason.NOT_YET_VALID


@given(
    st.floats(0, 1),
    st.integers(1, 9),
    st.integers(0, 9),
    st.booleans(),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=10_000)),
)
def test_nobody_who_is_not_valid_yet_is_ever_granted(
    value: float, frames: int, older: int, nearest: bool, left: timedelta
) -> None:
    near = replace(match(value), person=replace(KIM, valid_from=NOW + left))
    seen = evidence(frames, frames + older)
    decision = decide(seen, near, near, rules(0.1), nearest=nearest, now=NOW)
    assert decision.verdict is not Verdict.GRANT


@given(
    st.floats(0, 1),
    st.integers(1, 9),
    st.integers(0, 9),
    st.booleans(),
    st.timedeltas(timedelta(0), timedelta(days=10_000)),
)
def test_nobody_who_has_expired_is_ever_granted(
    value: float, frames: int, older: int, nearest: bool, ago: timedelta
) -> None:
    near = replace(match(value), person=replace(KIM, expires_at=NOW - ago))
    seen = evidence(frames, frames + older)
    decision = decide(seen, near, near, rules(0.1), nearest=nearest, now=NOW)
    assert decision.verdict is not Verdict.GRANT


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(SCALES, 2)))
def test_scales_are_never_mixed(one: Scale, other: Scale) -> None:
    with pytest.raises(ValueError, match="held against"):
        rules(scale=one).accepts(match(0.5, other))


@given(
    st.sampled_from(SCALES),
    st.floats(-1, 2),
    st.floats(-1, 2),
    st.floats(0, 2),
    st.integers(1, 9),
    st.integers(0, 9),
)
def test_a_stricter_threshold_never_turns_anything_into_a_grant(
    scale: Scale, value: float, threshold: float, by: float, frames: int, older: int
) -> None:
    stricter = threshold + by if scale.greater_is_closer else threshold - by
    seen, near = evidence(frames, frames + older), match(value, scale)
    before = judge(seen, near, rules(threshold, scale), alone=near).verdict
    after = judge(seen, near, rules(stricter, scale), alone=near).verdict
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
        judge(seen, near, rules(limit, Scale(metric)), alone=near).verdict
        for metric, limit in (
            (Metric.COSINE, threshold),
            (Metric.EUCLIDEAN_L2, math.sqrt(2 - 2 * threshold)),
            (Metric.EUCLIDEAN, math.sqrt(2 - 2 * threshold)),
            (Metric.ANGULAR, math.acos(threshold) / math.pi),
        )
        for near in [Matcher(people, Scale(metric)).match(probe)]
    }
    assert len(verdicts) == 1


@given(st.floats(-1, 1), st.integers(2, 20))
def test_one_frame_never_opens_a_door_that_wants_more(value: float, min_frames: int) -> None:
    for seen in (1, 500):
        strict = rules(-1.0, min_frames=min_frames)
        decision = judge(evidence(1, seen), match(value), strict, alone=match(value))
        assert decision.verdict is not Verdict.GRANT


@pytest.mark.parametrize(
    "alone",
    [None, match(0.69), Match(Person("lee", "Lee"), Scale(), 0.9, 0.1)],
    ids=["nobody", "not near enough", "another person"],
)
def test_the_newest_frame_must_be_the_persons_by_itself(alone: Match | None) -> None:
    decision = judge(evidence(9, 40), match(0.95), rules(), alone=alone)
    assert (decision.verdict, decision.reason) == (Verdict.UNDECIDED, Reason.NEWEST_DIFFERS)
    assert decision.person is None
