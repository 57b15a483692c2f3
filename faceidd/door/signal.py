"""Signal: what reaches the door's machine, from people, lines, rules and the clock."""

from dataclasses import dataclass
from enum import StrEnum

from faceidd.units import Instant


class InputName(StrEnum):
    """The lines a door listens to."""

    FEEDBACK = "feedback"
    """A spare contact of the relay: is it energized?"""
    CONTACT = "contact"
    """The leaf's contact: does it stand open?"""
    EXIT = "exit"
    """The request-to-exit button."""
    TAMPER = "tamper"
    """The switch of the housing."""
    FIRE = "fire"
    """The fire alarm's contact."""


class Kind(StrEnum):
    """What a signal says."""

    GRANT = "grant"
    EXIT = "exit"
    LEAF_OPENED = "leaf_opened"
    LEAF_FOUND_OPEN = "leaf_found_open"
    """It stood open already when somebody began to listen."""
    LEAF_CLOSED = "leaf_closed"
    TAMPER = "tamper"
    TAMPER_OVER = "tamper_over"
    FIRE = "fire"
    FIRE_OVER = "fire_over"
    LOCK_DOWN = "lock_down"
    LIFT = "lift"
    PROP = "prop"
    UNPROP = "unprop"
    FEEDBACK_ON = "feedback_on"
    FEEDBACK_OFF = "feedback_off"
    LINE_FAULT = "line_fault"
    LINE_RESTORED = "line_restored"
    RELAY_FAULT = "relay_fault"
    PULSE_OVER = "pulse_over"
    HELD_TOO_LONG = "held_too_long"


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that reached the door.

    Attributes:
        kind: What it says.
        at: When it reached the door.
        evidence: When the evidence behind a grant was newest, or the exit button was pressed; a
            leaf's contact or a line moved. None is `at`.
        line: Which line is faulty or restored.
    """

    kind: Kind
    at: Instant
    evidence: Instant | None = None
    line: InputName | None = None

    @property
    def since(self) -> Instant:
        """Since when it has been true."""
        return self.at if self.evidence is None else self.evidence
