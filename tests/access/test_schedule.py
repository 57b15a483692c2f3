"""When a schedule holds: a table of cases, and every minute against a calendar that counts them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.policies import AUCKLAND, BERLIN, OFFICE, WORKDAYS, moment, span

from faceidd.access.schedule import HOLIDAY, MINUTES_A_DAY, Schedule, Span

EVERY_DAY = frozenset(range(7))
SUNDAY, SATURDAY, FRIDAY, MONDAY = (frozenset({day}) for day in (6, 5, 4, 0))
CHRISTMAS = frozenset({date(2026, 12, 25)})

NIGHT = Schedule("night", (span(SATURDAY, "22:00", "06:00"),), frozenset())
SMALL_HOURS = Schedule("small hours", (span(SUNDAY, "02:00", "03:00"),), frozenset())
ACROSS = Schedule("across", (span(SUNDAY, "01:30", "03:30"),), frozenset())
SUNDAYS = Schedule("sundays", (span(SUNDAY, "00:00", "24:00"),), frozenset())
LATE = Schedule("late", (span(WORKDAYS, "18:00", "24:00"),), frozenset())
HOLIDAYS = Schedule("holidays", (span(frozenset({HOLIDAY}), "10:00", "12:00"),), CHRISTMAS)
OFFICE_BUT = Schedule("office", (span(WORKDAYS, "07:00", "19:00"),), CHRISTMAS)
NIGHTS_BUT = Schedule("nights", (span(EVERY_DAY, "22:00", "06:00"),), CHRISTMAS)
LEAP = Schedule("leap", (span(EVERY_DAY, "09:00", "10:00"),), frozenset({date(2028, 2, 29)}))


def holds(schedule: Schedule, now: datetime, zone: ZoneInfo) -> bool:
    return schedule.began(now.astimezone(zone).replace(tzinfo=None)) is not None


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "held"),
    [
        # An ordinary week. Berlin is UTC+1 in winter.
        (OFFICE, BERLIN, "2026-01-05T05:59:59", False),
        (OFFICE, BERLIN, "2026-01-05T06:00:00", True),
        (OFFICE, BERLIN, "2026-01-05T17:59:59", True),
        (OFFICE, BERLIN, "2026-01-05T18:00:00", False),
        (OFFICE, BERLIN, "2026-01-04T10:00:00", False),
        # The same wall clock in summer is an hour earlier in UTC.
        (OFFICE, BERLIN, "2026-07-06T05:00:00", True),
        (OFFICE, BERLIN, "2026-07-06T17:00:00", False),
        # One moment, two time zones: Monday noon in Berlin is Tuesday in Auckland.
        (OFFICE, BERLIN, "2026-01-05T11:00:00", True),
        (OFFICE, AUCKLAND, "2026-01-05T11:00:00", False),
        (OFFICE, AUCKLAND, "2026-01-05T18:00:00", True),
        (OFFICE, AUCKLAND, "2026-01-04T18:00:00", True),
        # Clocks are put forward: 02:00 to 03:00 on 2026-03-29 does not exist.
        (SMALL_HOURS, BERLIN, "2026-03-29T00:59:59", False),
        (SMALL_HOURS, BERLIN, "2026-03-29T01:00:00", False),
        (ACROSS, BERLIN, "2026-03-29T00:29:59", False),
        (ACROSS, BERLIN, "2026-03-29T00:30:00", True),
        (ACROSS, BERLIN, "2026-03-29T01:29:59", True),
        (ACROSS, BERLIN, "2026-03-29T01:30:00", False),
        (NIGHT, BERLIN, "2026-03-29T03:59:59", True),
        (NIGHT, BERLIN, "2026-03-29T04:00:00", False),
        (SUNDAYS, BERLIN, "2026-03-29T21:59:59", True),
        (SUNDAYS, BERLIN, "2026-03-29T22:00:00", False),
        # Clocks are put back: 02:00 to 03:00 on 2026-10-25 comes twice, and counts twice.
        (SMALL_HOURS, BERLIN, "2026-10-24T23:59:59", False),
        (SMALL_HOURS, BERLIN, "2026-10-25T00:00:00", True),
        (SMALL_HOURS, BERLIN, "2026-10-25T01:00:00", True),
        (SMALL_HOURS, BERLIN, "2026-10-25T01:59:59", True),
        (SMALL_HOURS, BERLIN, "2026-10-25T02:00:00", False),
        (NIGHT, BERLIN, "2026-10-25T04:59:59", True),
        (NIGHT, BERLIN, "2026-10-25T05:00:00", False),
        (SUNDAYS, BERLIN, "2026-10-24T22:00:00", True),
        (SUNDAYS, BERLIN, "2026-10-25T22:59:59", True),
        (SUNDAYS, BERLIN, "2026-10-25T23:00:00", False),
        # On the other side of the world they change on other days: 2026-04-05 and 2026-09-27.
        (SMALL_HOURS, AUCKLAND, "2026-04-04T13:30:00", True),
        (SMALL_HOURS, AUCKLAND, "2026-04-04T14:30:00", True),
        (SMALL_HOURS, AUCKLAND, "2026-09-26T14:30:00", False),
        # Over midnight; the night belongs to the Saturday.
        (NIGHT, BERLIN, "2026-01-10T20:59:59", False),
        (NIGHT, BERLIN, "2026-01-10T21:00:00", True),
        (NIGHT, BERLIN, "2026-01-11T04:59:59", True),
        (NIGHT, BERLIN, "2026-01-11T05:00:00", False),
        (NIGHT, BERLIN, "2026-01-11T22:00:00", False),
        # Up to midnight and no further.
        (LATE, BERLIN, "2026-01-05T22:59:59", True),
        (LATE, BERLIN, "2026-01-05T23:00:00", False),
        # A holiday is no Friday, and Friday's rules are not the holiday's.
        (OFFICE_BUT, BERLIN, "2026-12-25T10:00:00", False),
        (OFFICE_BUT, BERLIN, "2026-12-24T10:00:00", True),
        (HOLIDAYS, BERLIN, "2026-12-25T10:00:00", True),
        (HOLIDAYS, BERLIN, "2026-12-24T10:00:00", False),
        # The night before it goes on into it; the holiday has no night of its own.
        (NIGHTS_BUT, BERLIN, "2026-12-25T03:00:00", True),
        (NIGHTS_BUT, BERLIN, "2026-12-25T22:00:00", False),
        (NIGHTS_BUT, BERLIN, "2026-12-26T03:00:00", False),
        # A leap day is a day like others, and can be a holiday.
        (LEAP, BERLIN, "2028-02-28T08:30:00", True),
        (LEAP, BERLIN, "2028-02-29T08:30:00", False),
        (LEAP, BERLIN, "2028-03-01T08:30:00", True),
        (OFFICE, BERLIN, "2028-02-29T08:30:00", True),
    ],
)
def test_a_schedule_means_what_the_clock_on_the_wall_reads(
    schedule: Schedule, zone: ZoneInfo, now: str, held: bool
) -> None:
    assert holds(schedule, moment(now), zone) is held


@pytest.mark.parametrize(
    ("schedule", "reading", "began"),
    [
        (OFFICE, "2026-01-05T12:34:56", "2026-01-05T07:00:00"),
        (NIGHT, "2026-01-11T03:00:00", "2026-01-10T22:00:00"),
        (NIGHT, "2026-01-10T23:00:00", "2026-01-10T22:00:00"),
        (OFFICE, "2026-01-05T19:00:00", None),
    ],
)
def test_a_schedule_tells_when_it_began(
    schedule: Schedule, reading: str, began: str | None
) -> None:
    told = schedule.began(datetime.fromisoformat(reading))
    assert told == (datetime.fromisoformat(began) if began else None)


@pytest.mark.parametrize(
    ("reading", "began"),
    [("0001-01-01T00:00:00", None), ("9999-12-31T23:59:59", "9999-12-31T12:00:00")],
)
def test_a_schedule_knows_both_ends_of_the_calendar(reading: str, began: str | None) -> None:
    long = Schedule("long", (span(EVERY_DAY, "12:00", "11:59"),), frozenset())
    told = long.began(datetime.fromisoformat(reading))
    assert told == (datetime.fromisoformat(began) if began else None)


_ZONES = st.sampled_from(
    [
        "Europe/Berlin", "Pacific/Auckland", "America/New_York", "America/St_Johns", "UTC",
        "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia",
    ]
)  # fmt: skip
_CHANGES = st.sampled_from(
    ["2026-03-28", "2026-10-24", "2026-04-04", "2026-03-07", "2028-02-28", "2011-12-29"]
) | st.dates(date(2000, 1, 2), date(2099, 12, 1)).map(str)
_SPANS = st.builds(
    Span,
    st.frozensets(st.integers(0, HOLIDAY), min_size=1),
    st.integers(0, MINUTES_A_DAY - 1),
    st.integers(1, MINUTES_A_DAY),
)


def calendar(schedule: Schedule, first: date, days: int) -> Iterator[datetime]:
    """Every minute of every span that begins on these days, by walking from minute to minute."""
    for day in (first + timedelta(days=number) for number in range(days)):
        weekday = HOLIDAY if day in schedule.holidays else day.isoweekday() - 1
        for one in schedule.spans:
            if weekday not in one.days:
                continue
            minute = datetime.combine(day, time()) + timedelta(minutes=one.begins)
            length = (one.ends - one.begins - 1) % MINUTES_A_DAY + 1
            for _ in range(length):
                yield minute
                minute += timedelta(minutes=1)


@settings(max_examples=50)
@given(
    spans=st.lists(_SPANS, min_size=1, max_size=2).map(tuple),
    zone=_ZONES.map(ZoneInfo),
    day=_CHANGES.map(date.fromisoformat),
    holidays=st.frozensets(st.integers(-1, 2), max_size=2),
    second=st.integers(0, 59),
)
def test_a_schedule_agrees_with_a_calendar_that_counts_every_minute(
    spans: tuple[Span, ...], zone: ZoneInfo, day: date, holidays: frozenset[int], second: int
) -> None:
    off = frozenset(day + timedelta(days=number) for number in holidays)
    schedule = Schedule("any", spans, off)
    held = set(calendar(schedule, day - timedelta(days=3), 7))
    start = datetime.combine(day, time(), UTC)
    for number in range(2 * MINUTES_A_DAY):
        now = start + timedelta(minutes=number, seconds=second)
        reading = now.astimezone(zone).replace(tzinfo=None)
        assert (schedule.began(reading) is not None) is (reading.replace(second=0) in held)
