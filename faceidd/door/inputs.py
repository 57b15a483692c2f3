"""Inputs: the thread that listens to a door's lines and tells the door what they say.

The pins are read fifty times a second, so that a missed edge cannot leave the door with an old
truth. Nothing about a relay is done here.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from faceidd.clock import Clock, monotonic, real_s
from faceidd.door.door import Door
from faceidd.door.line import Debounced, Line, Reading
from faceidd.door.rules import FIRE_REPEAT
from faceidd.door.signal import InputName, Kind
from faceidd.errors import DoorError
from faceidd.units import Instant, Seconds

POLL = Seconds(0.02)
STALL = Seconds(5.0)
"""Silence after which nobody listens to the lines any more."""
CLOSE_TIMEOUT = Seconds(0.5)

_SAYS: Mapping[InputName, tuple[Kind, Kind | None]] = {
    InputName.FEEDBACK: (Kind.FEEDBACK_ON, Kind.FEEDBACK_OFF),
    InputName.CONTACT: (Kind.LEAF_OPENED, Kind.LEAF_CLOSED),
    InputName.EXIT: (Kind.EXIT, None),
    InputName.TAMPER: (Kind.TAMPER, Kind.TAMPER_OVER),
    InputName.FIRE: (Kind.FIRE, Kind.FIRE_OVER),
}
"""What a line says when it is active, and when it is quiet."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sensor:
    """One input: its line, the second line that must say the opposite, and what they say.

    Attributes:
        line: The pin.
        opposite: A second pin of the same contact, for supervision; None without one.
        debounced: What they have said for long enough.
    """

    line: Line
    opposite: Line | None = None
    debounced: Debounced = field(default_factory=Debounced)
    told_at: Instant = Instant(0.0)  # noqa: RUF009 - a number

    def sample(self, now: Instant) -> bool:
        """Read the pins; say whether what they say changed."""
        try:
            opposite = None if self.opposite is None else self.opposite.active
            return self.debounced.feed(self.line.active, opposite, now)
        except DoorError:
            return self.debounced.fail(now)

    def close(self) -> None:
        """Give the pins back."""
        for line in (self.line, self.opposite):
            if line is not None:
                try:
                    line.close()
                except DoorError:
                    _log.warning("an input was not given back", exc_info=True)


class Inputs:
    """Listens until it is closed.

    Args:
        door: Is told what the lines say.
        sensors: The lines there are; owned from here.
        clock: Tells the time.
    """

    def __init__(
        self, door: Door, sensors: Mapping[InputName, Sensor], clock: Clock = monotonic
    ) -> None:
        self._door = door
        self._sensors = dict(sensors)
        self._clock = clock
        self._heard_at = clock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="door-inputs", daemon=True)
        if self._sensors:
            self._thread.start()

    def check(self) -> None:
        """Make sure that somebody listens.

        Raises:
            DoorError: Nobody has for a while.
        """
        if self._sensors and self._clock() - self._heard_at > STALL:
            raise DoorError("nobody listens to the door's lines any more", do="start again")

    def close(self) -> None:
        """Stop listening and give the lines back. May be called again."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_TIMEOUT)
        for sensor in self._sensors.values():
            sensor.close()

    def listen(self) -> None:
        """Read all lines once, and tell the door what is new."""
        for name, sensor in self._sensors.items():
            now = self._clock()
            before = sensor.debounced.reading
            if sensor.sample(now):
                self._tell_change(name, sensor, before)
                sensor.told_at = now
            elif (
                name is InputName.FIRE
                and before is Reading.ACTIVE
                and now - sensor.told_at >= FIRE_REPEAT
            ):
                self._tell(Kind.FIRE)
                sensor.told_at = now
        self._heard_at = self._clock()

    def _run(self) -> None:
        while not self._closed.wait(real_s(POLL)):
            self.listen()

    def _tell_change(self, name: InputName, sensor: Sensor, before: Reading | None) -> None:
        reading, since = sensor.debounced.reading, sensor.debounced.since
        if reading is Reading.FAULT:
            self._tell(Kind.LINE_FAULT, line=name)
            return
        if before is Reading.FAULT:
            self._tell(Kind.LINE_RESTORED, line=name)
        if name is InputName.EXIT:
            since = None  # it is pressed now, however long its contact bounced
        active, quiet = _SAYS[name]
        kind = active if reading is Reading.ACTIVE else quiet
        if before in {None, Reading.FAULT} and reading is Reading.ACTIVE:
            # What a line says at first began before anybody listened.
            if name is InputName.EXIT:
                return
            kind = Kind.LEAF_FOUND_OPEN if name is InputName.CONTACT else kind
        if kind is not None:
            self._tell(kind, since)

    def _tell(
        self, kind: Kind, since: Instant | None = None, line: InputName | None = None
    ) -> None:
        try:
            self._door.take(kind, since, line=line)
        except DoorError as error:
            # Whether the door can go on is for the one to find out who checks it.
            _log.error("the door did not take %s: %s", kind, error)
