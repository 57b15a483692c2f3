"""Signs: the buzzer and the two lights of a door. They show; nothing depends on them."""

import logging
from collections.abc import Mapping
from typing import Literal

from faceidd.door.relay import Relay
from faceidd.door.situation import Outputs

SignName = Literal["buzzer", "open_light", "alarm_light"]

_log = logging.getLogger(__name__)


class Signs:
    """What a door shows. A pin that fails is told in the log once and stops nothing.

    Args:
        pins: The outputs there are, by name; owned from here.
    """

    def __init__(self, pins: Mapping[SignName, Relay]) -> None:
        self._pins = dict(pins)
        self._shown: dict[SignName, bool] = {}
        self._failed: set[SignName] = set()

    def show(self, outputs: Outputs) -> None:
        """Show this from now on."""
        for name, pin in self._pins.items():
            wanted: bool = getattr(outputs, name)
            if self._shown.get(name) is wanted:
                continue
            try:
                if wanted:
                    pin.energize()
                else:
                    pin.release()
            except Exception:
                self._note(name)
            else:
                self._shown[name] = wanted

    def close(self) -> None:
        """Switch all of them off and give them back. May be called again."""
        for name, pin in self._pins.items():
            try:
                pin.close()
            except Exception:
                self._note(name)

    def _note(self, name: SignName) -> None:
        if name not in self._failed:
            self._failed.add(name)
            _log.warning("the %s cannot be driven", name.replace("_", " "), exc_info=True)
