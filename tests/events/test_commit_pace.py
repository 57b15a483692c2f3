"""Commits follow at once, but for those of a flood."""

from hypothesis import given
from hypothesis import strategies as st

from faceidd.events.commit_pace import MOST, PAUSE, WINDOW, CommitPace
from faceidd.units import Instant


def rests(*moments: float) -> list[float]:
    pace = CommitPace()
    return [pace.rest(Instant(moment)) for moment in moments]


def test_what_comes_now_and_then_never_waits() -> None:
    step = WINDOW / (MOST - 2)
    assert set(rests(*(number * step for number in range(100)))) == {0.0}


def test_a_burst_does_not_wait_and_a_flood_does() -> None:
    assert rests(*[5.0] * (MOST + 3)) == [*[0.0] * MOST, *[PAUSE] * 3]


def test_when_a_flood_is_over_nothing_waits() -> None:
    flood = [number / 1000 for number in range(100)]
    assert rests(*flood, flood[-1] + WINDOW)[-1] == 0.0


@given(st.lists(st.floats(0.0, 0.2), min_size=1, max_size=300))
def test_however_fast_events_come_commits_are_bounded(gaps: list[float]) -> None:
    pace, now, commits = CommitPace(), 0.0, list[float]()
    for gap in gaps:
        now += gap
        commits.append(now)
        now += pace.rest(Instant(now))
    for commit in commits:
        within = [one for one in commits if commit <= one < commit + WINDOW]
        assert len(within) <= MOST + WINDOW / PAUSE + 1
