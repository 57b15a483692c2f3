"""Grant: leave to open one door once, now. Pure but for the count of those given.

A grant is made from a decision while it is fresh and handed to the door at once. It is for the run
of the daemon that made it: what is written down, sent, kept or repeated opens nothing.
"""

from dataclasses import dataclass
from itertools import count
from typing import Protocol

from faceidd.access.decision import Decision


class Granted(Protocol):
    """A decision on a visit, as the door takes it."""

    @property
    def visit(self) -> str:
        """Key of the visit, or of the command that took its place."""

    @property
    def decision(self) -> Decision:
        """The verdict; its age counts from the newest frame."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to open a door.

    Attributes:
        visit: Key of the visit, or of the command.
        decision: What was decided, and when the newest frame of it was taken.
        door: The door it is for.
        boot: The run of the daemon that it is for.
        serial: Its number in this run.
    """

    visit: str
    decision: Decision
    door: str
    boot: str
    serial: int


class Grants:
    """Gives grants, each with a number of its own.

    Args:
        door: The door they are for.
        boot: A random name of this run of the daemon.
    """

    def __init__(self, door: str, boot: str) -> None:
        self.door = door
        self.boot = boot
        self._serials = count(1)

    def give(self, visit: str, decision: Decision) -> Grant:
        """Make a grant of a decision.

        Args:
            visit: Whose it is.
            decision: What was decided.
        """
        return Grant(visit, decision, self.door, self.boot, next(self._serials))
