"""Step: one thing that was done with a door in a container, and how long it took."""

import time
from collections.abc import Callable

Row = tuple[str, float, str]
"""What was done, how long it took in seconds, and remarks."""


def timed(what: str, act: Callable[[], str]) -> Row:
    """Do something that gives its remarks, and say how long it took."""
    began = time.monotonic()
    remarks = act()
    return what, time.monotonic() - began, remarks
