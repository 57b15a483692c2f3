"""Policies, moments and what a door remembers, for tests of rulings."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from faceidd.access.judge import Request
from faceidd.access.policy import Allowance, DoorRules, Policy
from faceidd.access.recent import Recent
from faceidd.access.schedule import Schedule, Span
from faceidd.units import Instant

BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
WORKDAYS = frozenset(range(5))
KIM, LEE, MIA = "Kim", "Lee", "Mia"
EVERYBODY = (Allowance("everybody", None),)


def span(days: frozenset[int], begins: str, ends: str) -> Span:
    """A span from `07:00` to `19:00`."""
    return Span(days, minutes(begins), minutes(ends))


def minutes(clock: str) -> int:
    """Minutes after midnight of `07:30`."""
    hours, rest = clock.split(":")
    return 60 * int(hours) + int(rest)


OFFICE = Schedule("office", (span(WORKDAYS, "07:00", "19:00"),), frozenset())


def policy(**rules: Any) -> Policy:
    """A policy of the door `front`; everybody passes where nothing else is said."""
    return Policy({"front": DoorRules(**{"zone": BERLIN, "allowed": EVERYBODY, **rules})})


def moment(text: str) -> datetime:
    """A moment, in UTC unless it says otherwise."""
    said = datetime.fromisoformat(text)
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def instant(text: str) -> Instant:
    """The same on the monotonic clock of a machine that was started in 1970."""
    return Instant(moment(text).timestamp())


def request(text: str, person: str | None = KIM, door: str = "front") -> Request:
    """Somebody wants to pass at a moment."""
    return Request(person, door, moment(text), instant(text))


NOTHING = Recent()
