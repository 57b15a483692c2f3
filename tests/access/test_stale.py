from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.policies import KIM, OFFICE, policy

from faceidd.access.judge import Request, judge
from faceidd.access.policy import DoorRules, FactorKind, Policy, SecondFactor
from faceidd.access.recent import Recent
from faceidd.access.ruling import Ground
from faceidd.access.stale import Age, Synced, WhenStale, is_stale, tightened
from faceidd.units import Instant, Seconds

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR, DAY = Seconds(3600.0), Seconds(86400.0)
START = Instant(1000.0)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def age(now: datetime | None, later: float = 0.0, seen: datetime = NOON) -> float | None:
    """Of a gallery whose last good sync was at noon, `later` seconds after the daemon's start."""
    return Age(Synced(NOON, seen), now, START).at(now, Instant(START + later))


def test_the_age_is_that_of_the_last_good_sync() -> None:
    assert age(NOON + hours(5)) == 5 * HOUR


def test_what_was_seen_since_counts_where_the_clock_is_a_little_behind() -> None:
    assert age(NOON + hours(4.5), seen=NOON + hours(5)) == 5 * HOUR


def test_a_clock_that_was_set_back_tells_no_age() -> None:
    assert age(NOON - hours(2)) is None
    assert age(NOON + hours(1), seen=NOON + hours(3)) is None


def test_a_clock_that_cannot_be_right_tells_no_age() -> None:
    assert age(None) is None


def test_without_any_good_sync_there_is_no_age() -> None:
    assert Age(Synced(None, NOON), NOON, START).at(NOON, START) is None


def test_while_the_daemon_runs_the_age_grows_whatever_the_clock_on_the_wall_does() -> None:
    one = Age(Synced(NOON, NOON), NOON + hours(2), START)
    assert one.at(NOON + hours(1), Instant(START + 3 * HOUR)) == 5 * HOUR
    assert one.at(NOON + hours(9), Instant(START + HOUR)) == 9 * HOUR


def test_only_a_newer_good_sync_makes_it_younger() -> None:
    one = Age(Synced(NOON, NOON), NOON, START)
    later = Instant(START + 5 * HOUR)
    failed = one.renewed(Synced(NOON, NOON + hours(0.5)), NOON + hours(0.1), later)
    assert failed.at(NOON + hours(0.1), later) == 5 * HOUR
    good = failed.renewed(Synced(NOON + hours(5), NOON + hours(5)), NOON + hours(5), later)
    assert good.at(NOON + hours(5), later) == 0.0


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e6, 1e7)), min_size=2))
def test_no_setting_of_the_clock_makes_a_gallery_younger(looks: list[tuple[float, float]]) -> None:
    one, before, at = Age(Synced(NOON, NOON), NOON, START), 0.0, 0.0
    for elapsed, shown in looks:
        at += elapsed
        told = one.at(NOON + timedelta(seconds=shown), Instant(START + at))
        assert told is None or told >= at - 1e-3
        before = max(before, at)


def test_what_is_older_than_the_limit_or_of_unknown_age_is_stale() -> None:
    assert not is_stale(DAY, DAY)
    assert is_stale(Seconds(DAY + 1), DAY)
    assert is_stale(None, DAY)


def test_without_a_limit_nothing_is_stale() -> None:
    assert not is_stale(None, None)
    assert not is_stale(Seconds(1e9), None)


def ground(one: Policy, person: str | None = KIM) -> Ground:
    request = Request(person, "front", NOON, START)
    return judge(one, request, Recent()).ground


def test_telling_changes_nothing() -> None:
    one = Policy.open_to_everybody("front")
    assert tightened(one, "front", WhenStale.TELL) == one


def test_refusing_lets_no_face_in_and_leaves_commands() -> None:
    one = tightened(Policy.open_to_everybody("front"), "front", WhenStale.REFUSE)
    assert ground(one) is Ground.GALLERY_STALE
    assert ground(one, None) is Ground.ALLOWED


def test_a_second_factor_is_asked_for_where_none_was() -> None:
    one = tightened(Policy.open_to_everybody("front"), "front", WhenStale.SECOND_FACTOR)
    assert ground(one) is Ground.SECOND_FACTOR_AWAITED


def test_a_second_factor_of_some_hours_is_asked_for_at_all_hours() -> None:
    rules = SecondFactor(frozenset({FactorKind.CARD}), Seconds(9.0), OFFICE)
    one = policy(second_factor=rules)
    tight = tightened(one, "front", WhenStale.SECOND_FACTOR).doors["front"].second_factor
    assert tight == SecondFactor(frozenset({FactorKind.CARD}), Seconds(9.0))


def test_another_door_stays_as_it_is() -> None:
    one = Policy({"back": DoorRules()})
    for when in WhenStale:
        assert tightened(one, "front", when) == one
