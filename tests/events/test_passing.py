"""Messages of a moment."""

from faceidd.events.passing import MOST_WAITING, Message, Passing
from faceidd.units import Instant


def message(name: str, expires_at: float = 10.0) -> Message:
    return Message(name, b"", Instant(expires_at))


def topics(passing: Passing, now: float = 0.0) -> list[str]:
    """All that are taken now."""
    taken = []
    while (one := passing.take(Instant(now))) is not None:
        taken.append(one.topic)
    return taken


def test_they_are_taken_in_their_order() -> None:
    passing = Passing()
    passing.add(message("a"), message("about a"))
    passing.add(message("b"))
    assert topics(passing) == ["a", "about a", "b"]
    assert topics(passing) == []


def test_what_is_over_is_dropped_with_what_belongs_to_it() -> None:
    passing = Passing()
    passing.add(message("a", 1.0), message("about a", 99.0))
    passing.add(message("b"))
    assert topics(passing, now=1.0) == ["b"]


def test_of_too_many_the_oldest_are_dropped_whole() -> None:
    passing = Passing()
    passing.add(message("begun"), message("about begun"))
    assert passing.take(Instant(0)) == message("begun")
    for number in range(MOST_WAITING + 1):
        passing.add(message(f"{number}"), message(f"about {number}"))
    taken = topics(passing)
    assert taken[:3] == ["about begun", "1", "about 1"]
    assert len(taken) == 1 + 2 * MOST_WAITING


def test_over_another_connection_no_rest_is_taken() -> None:
    passing = Passing()
    passing.add(message("a"), message("about a"))
    passing.add(message("b"))
    passing.take(Instant(0))
    passing.begin_anew()
    assert topics(passing) == ["b"]
