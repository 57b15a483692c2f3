"""A chip of the kernel's `gpio-sim`, where there is one: what a real kernel makes of our requests.

Set one up as root, on a kernel that has the module (Documentation/admin-guide/gpio/gpio-sim.rst):

    modprobe gpio-sim
    mkdir -p /sys/kernel/config/gpio-sim/door/bank0
    echo 32 > /sys/kernel/config/gpio-sim/door/bank0/num_lines
    echo faceidd > /sys/kernel/config/gpio-sim/door/bank0/label
    echo 1 > /sys/kernel/config/gpio-sim/door/live

The tests take the chip with the label `faceidd`.
"""

from dataclasses import dataclass
from pathlib import Path

from faceidd.door.relay import Relay

LABEL = "faceidd"


@dataclass(frozen=True)
class GpioSim:
    """One chip.

    Attributes:
        lines: Its folder in sysfs.
    """

    lines: Path

    def level(self, line: int) -> bool:
        """The level on a line's wire."""
        return (self.lines / f"sim_gpio{line}" / "value").read_text().strip() == "1"

    def pull(self, line: int, *, up: bool) -> None:
        """Let the world pull a line."""
        (self.lines / f"sim_gpio{line}" / "pull").write_text("pull-up" if up else "pull-down")


def find_gpio_sim() -> GpioSim | None:
    """The chip that the tests may use, if there is one."""
    for label in Path("/sys/kernel/config/gpio-sim").glob("*/*/label"):
        if label.read_text().strip() == LABEL:
            device = (label.parents[1] / "dev_name").read_text().strip()
            chip = (label.parent / "chip_name").read_text().strip()
            return GpioSim(Path("/sys/devices/platform") / device / chip)
    return None


class WatchedRelay:
    """A relay that looks at its wire after whatever it is told."""

    def __init__(self, relay: Relay, sim: GpioSim, line: int, *, active_high: bool) -> None:
        self._relay, self._sim, self._line = relay, sim, line
        self._active_high = active_high
        self.history: list[bool] = []
        self._look()

    @property
    def energized(self) -> bool:
        """As the relay says."""
        return self._relay.energized

    def energize(self) -> None:
        self._relay.energize()
        self._look()

    def release(self) -> None:
        self._relay.release()
        self._look()

    def close(self) -> None:
        self._look()
        self._relay.close()
        self.history.append(False)  # nobody drives it

    def _look(self) -> None:
        self.history.append(self._sim.level(self._line) == self._active_high)
