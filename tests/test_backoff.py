from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from faceidd.backoff import delays
from faceidd.units import Seconds


def test_without_chance_pauses_double_up_to_the_longest() -> None:
    pauses = delays(Seconds(1), Seconds(10), draw=lambda: 0.0)
    assert [float(pause) for pause in islice(pauses, 6)] == [1, 2, 4, 8, 10, 10]


@given(st.floats(0.01, 10), st.floats(1, 100), st.floats(0, 1, exclude_max=True))
def test_chance_shortens_a_pause_to_no_less_than_half(
    min_s: float, times: float, chance: float
) -> None:
    max_s = min_s * times
    pauses = islice(delays(Seconds(min_s), Seconds(max_s), draw=lambda: chance), 20)
    assert all(min_s / 2 <= pause <= max_s for pause in pauses)
