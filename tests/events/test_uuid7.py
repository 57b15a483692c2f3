from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st

from faceidd.events.uuid7 import uuid7

MOST_NS = (1 << 48) * 1_000_000 - 1


def test_it_is_the_one_of_the_standard() -> None:
    # The example of RFC 9562, A.6: its milliseconds, version and variant.
    made = uuid7(1_645_557_742_000 * 1_000_000)
    assert str(made).startswith("017f22e2-79b0-7")
    assert (made.version, made.variant) == (7, RFC_4122)


@given(st.integers(0, MOST_NS - 1000))
def test_what_was_made_a_microsecond_later_sorts_later(nanoseconds: int) -> None:
    assert uuid7(nanoseconds).int < uuid7(nanoseconds + 1000).int


def test_no_two_are_the_same() -> None:
    assert len({uuid7(0) for _ in range(1000)}) == 1000
