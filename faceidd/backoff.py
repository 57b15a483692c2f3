"""Back-off: how long to wait before each further try to reach what was lost."""

import random
from collections.abc import Callable, Iterator

from faceidd.units import Seconds


def delays(
    min_s: Seconds, max_s: Seconds, draw: Callable[[], float] = random.random
) -> Iterator[Seconds]:
    """Pauses without end that double from `min_s` to `max_s`.

    Each is shortened by chance, to no less than half, so that doors that lost the same broker
    do not all come back at once.

    Args:
        min_s: The first pause, above 0.
        max_s: The longest pause, not below `min_s`.
        draw: Gives random numbers in [0, 1).
    """
    pause = min_s
    while True:
        yield Seconds(pause * (1 - draw() / 2))
        pause = Seconds(min(2 * pause, max_s))
