"""Retained states of the door `front`."""

from faceidd.door.state import State
from faceidd.events.retained import RetainedCamera, RetainedDoor


def locked(state: State = State.LOCKED) -> RetainedDoor:
    """The door is so just now, its leaf shut."""
    return RetainedDoor(door="front", state=state, unlocked=False, open=False, alerts=())


def camera(*, online: bool) -> RetainedCamera:
    """The camera gives frames, or was lost just now."""
    reason = None if online else "the camera is gone"
    return RetainedCamera(door="front", online=online, losses=int(not online), reason=reason)
