"""Turnstile: takes each grant once, and only those of this run and this door, before the door does.

How old a grant may be is the door's own rule.
"""

import logging
import threading

from faceidd.access.grant import Grant
from faceidd.door.door import Door
from faceidd.door.pulse import Answer

_log = logging.getLogger(__name__)


class Turnstile:
    """The way to a door. Safe for many threads.

    Args:
        door: The door behind it.
        name: The door's id.
        boot: The name of this run of the daemon.
    """

    def __init__(self, door: Door, name: str, boot: str) -> None:
        self._door = door
        self._name = name
        self._boot = boot
        self._lock = threading.Lock()
        self._last = 0

    def pass_on(self, grant: Grant) -> Answer:
        """Open the door for one pulse, if the grant is its own, was never shown, and is fresh.

        A grant that was shown is used up, whatever the door said.

        Raises:
            DoorError: As `Door.grant`.
        """
        with self._lock:
            refusal = self._refusal(grant)
            self._last = max(self._last, grant.serial if refusal is None else 0)
        if refusal is not None:
            _log.warning("the door stays shut for visit %s: %s", grant.visit, refusal)
            return refusal
        return self._door.grant(grant)

    def _refusal(self, grant: Grant) -> Answer | None:
        if (grant.door, grant.boot) != (self._name, self._boot):
            return Answer.FOREIGN
        return Answer.USED if grant.serial <= self._last else None
