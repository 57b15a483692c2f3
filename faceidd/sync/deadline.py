"""Deadline: the end of a sync whatever it waits for: names, handshakes, headers that drip.

Limits of single reads do not add up to one of the whole: a server can send a byte each time before
one of them is over.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from faceidd.sync.refused import Reason, RefusedError
from faceidd.units import Seconds

AGAIN = Seconds(5.0)
"""After so long it is raised once more, should somebody's code have taken the first for its own."""


@contextmanager
def within(limit: Seconds) -> Iterator[None]:
    """Let what is inside take so long at most. For the main thread, where no other alarm is set.

    Raises:
        RefusedError: It took longer.
    """

    def late(*_: object) -> None:
        raise RefusedError(
            Reason.TOO_SLOW,
            f"the sync took more than {limit:g} s",
            do="look at the network and the server, or raise sync.total_s",
        )

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, limit, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
