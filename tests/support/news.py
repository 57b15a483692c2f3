"""Events of the door `front`."""

from faceidd.events.event import DoorOpened, envelope
from faceidd.units import Seconds


def opened(visit: str, lifetime_s: float = 60) -> DoorOpened:
    """The door opened just now."""
    return DoorOpened(**envelope("front", Seconds(lifetime_s), age=Seconds(0)), visit=visit)
