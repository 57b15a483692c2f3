"""State: the nine states a door can be in, told by what is known of it. Pure."""

from enum import StrEnum


class State(StrEnum):
    """What a door is doing. The first that holds, from the bottom of this list up, is the state."""

    LOCKED = "locked"
    """The relay is released and the leaf is shut, or there is no contact to tell."""
    UNLOCKING = "unlocking"
    """The relay is energized for a passage; the leaf has not opened yet."""
    OPEN = "open"
    """The leaf stands open after somebody was let in or out."""
    HELD = "held"
    """The leaf has stood open for longer than a passage takes."""
    PROPPED = "propped"
    """The leaf stands open, and a rule allows it for now."""
    FORCED = "forced"
    """The leaf was opened though nobody was let in or out."""
    LOCKDOWN = "lockdown"
    """No grant opens the door until the lockdown is lifted."""
    FIRE = "fire"
    """The relay is energized for as long as the fire input asks for it."""
    FAULT = "fault"
    """The relay does not do what it is told; nothing energizes it until the daemon starts anew."""
