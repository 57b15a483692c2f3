"""Bolt: the relay with its guard. It is energized only under a deadline, and released stubbornly.

Not safe for two threads at once; `door` sees to that.
"""

import logging

from faceidd.door.guard import GUARD_MARGIN, Guard
from faceidd.door.relay import Relay
from faceidd.errors import DoorError
from faceidd.units import Seconds

RELEASE_TRIES = 5

_log = logging.getLogger(__name__)


class Bolt:
    """One relay, and what ends the process if it is not released in time.

    Args:
        relay: The lock's coil; owned from here.
        guard: Ends the process; None guards nothing.

    Raises:
        DoorError: The relay cannot be released.
    """

    def __init__(self, relay: Relay, guard: Guard | None) -> None:
        relay.release()
        self._relay = relay
        self._guard = guard
        self._failed_releases = 0
        self._lost = False
        self.energized = False
        """Whether it was energized and has not been released since."""
        self.given_up = False
        """Whether it could not be released, and its pin was given back."""

    @property
    def sticks(self) -> bool:
        """Whether a release failed and is to be tried again."""
        return self.energized and self._failed_releases > 0

    def energize(self, seconds: Seconds) -> bool:
        """Energize the relay for no longer than this; or make it this long from now.

        Returns:
            Whether it was released before.

        Raises:
            DoorError: The relay or its guard refused. It may be energized: release it.
        """
        if self._guard is not None:
            self._guard.arm(Seconds(max(0.0, seconds) + GUARD_MARGIN))
        self._failed_releases = 0  # it is wanted again
        if self.energized:
            return False
        self.energized = True
        self._relay.energize()
        return True

    def release(self) -> None:
        """Release the relay; after `RELEASE_TRIES` failures, give its pin back.

        Raises:
            DoorError: It was not released: see `sticks` and `given_up`.
        """
        try:
            self._relay.release()
        except Exception as error:
            self._failed_releases += 1
            if self._failed_releases < RELEASE_TRIES:
                raise
            self._give_up()
            raise DoorError(
                f"the relay was not released in {RELEASE_TRIES} tries: {error}",
                do="check the wiring",
            ) from error
        self._released()

    def rest(self) -> None:
        """Release the relay once, whatever is known of it."""
        self._relay.release()

    def close(self) -> None:
        """Release the relay and give its pin back. May be called again.

        Raises:
            DoorError: It could not be released or given back; the guard stays armed.
        """
        self._relay.close()
        if self._lost:
            return
        self._released()
        if self._guard is not None:
            self._guard.close()

    def _released(self) -> None:
        self.energized = False
        self._failed_releases = 0
        if self._guard is not None:
            self._guard.disarm()

    def _give_up(self) -> None:
        self.given_up = True
        self.energized = False
        self._failed_releases = 0
        try:
            self._relay.close()
        except Exception:
            # The guard stays armed: the process ends soon, and the pin is put at rest after it.
            self._lost = True
            _log.critical("the relay may still be energized: cut its power", exc_info=True)
        else:
            self._released()
