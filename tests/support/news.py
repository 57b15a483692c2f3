"""Events of the door `front`."""

from faceidd.events.envelope import envelope
from faceidd.events.event import DoorOpened, DuressSignaled
from faceidd.units import Seconds


def opened(visit: str, lifetime_s: float = 60) -> DoorOpened:
    """The door opened just now."""
    return DoorOpened(**envelope("front", Seconds(lifetime_s), age=Seconds(0)), visit=visit)


def forced(visit: str) -> DuressSignaled:
    """Somebody is being forced just now."""
    stamp = envelope("front", Seconds(86400.0), age=Seconds(0))
    return DuressSignaled(**stamp, visit=visit, person="p-mina", sign="pin")
