"""What waits for a broker is bounded in number and in time."""

from hypothesis import given
from hypothesis import strategies as st
from support.news import forced, opened

from faceidd.events.pending import Pending, Waiting
from faceidd.units import Instant

EVENT = opened("v1")


def _waiting(expires_at: float) -> Waiting:
    return Waiting(EVENT, Instant(expires_at))


def test_the_oldest_comes_first() -> None:
    pending = Pending(10)
    first, second = _waiting(5), _waiting(6)
    pending.add(first)
    pending.add(second)
    assert pending.take(Instant(0)) is first
    assert pending.take(Instant(0)) is second
    assert pending.take(Instant(0)) is None


def test_what_was_sent_in_vain_comes_before_all_others_in_its_order() -> None:
    pending = Pending(10)
    first, second, third = _waiting(5), _waiting(6), _waiting(7)
    pending.add(third)
    pending.put_back([first, second])
    assert [pending.take(Instant(0)) for _ in range(3)] == [first, second, third]


def test_an_event_is_worth_telling_until_the_moment_it_expires() -> None:
    pending = Pending(10)
    pending.add(_waiting(5))
    pending.add(_waiting(5.5))
    kept = pending.take(Instant(5))
    assert kept is not None
    assert kept.life(Instant(5)) == 0.5
    assert pending.expired == 1


def test_an_alarm_is_crowded_out_by_alarms_only() -> None:
    pending = Pending(3)
    alarms = [Waiting(forced(f"v{number}"), Instant(5)) for number in range(4)]
    pending.add(alarms[0])
    for _ in range(10):
        pending.add(_waiting(5))
    pending.put_back([_waiting(5)])
    pending.add(alarms[1])
    assert pending.crowded_out == 10
    kept = [pending.take(Instant(0)) for _ in range(4)]
    assert [one for one in kept if one in alarms] == alarms[:2]
    for alarm in alarms:
        pending.add(alarm)
    pending.add(_waiting(5))
    assert [pending.take(Instant(0)) for _ in range(4)] == [*alarms[1:], None]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 20)),
        st.tuples(st.just("put_back"), st.integers(0, 20)),
        st.tuples(st.just("take"), st.integers(0, 5)),
    ),
    max_size=60,
)


@given(st.integers(1, 5), STEPS)
def test_nothing_is_sent_late_and_nothing_is_lost_uncounted(
    most: int, steps: list[tuple[str, int]]
) -> None:
    pending = Pending(most)
    added = taken = 0
    now = 0
    for step, number in steps:
        if step == "add":
            pending.add(_waiting(number))
            added += 1
        elif step == "put_back":
            pending.put_back([_waiting(number), _waiting(number + 1)])
            added += 2
        else:
            now += number
            waiting = pending.take(Instant(now))
            if waiting is not None:
                assert waiting.expires_at > now
                taken += 1
        assert len(pending) <= most
        assert added == taken + pending.expired + pending.crowded_out + len(pending)
