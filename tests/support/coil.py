"""A relay under test, and what current went through its coil."""

from collections.abc import Callable
from dataclasses import dataclass

from faceidd.door.relay import Relay


@dataclass(frozen=True)
class Coil:
    """A relay, and each state of its pin since it was opened: whether it energizes the coil."""

    relay: Relay
    history: Callable[[], list[bool]]
