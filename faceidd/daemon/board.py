"""Board: what the machine under the door says of itself, by the kernel's files.

What a machine has not is left out: a server tells no throttling, a container no temperature.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from faceidd.units import Seconds

MOST_ZONES = 8
"""Thermal zones that are told; a board has one or two."""
CONDITIONS = ("under_voltage", "frequency_capped", "throttled", "temperature_limited")
"""Bits 0 to 3 of `get_throttled` say what is so now, bits 16 to 19 what was since the start:
https://www.raspberrypi.com/documentation/computers/os.html#get_throttled"""
_SINCE_START = 16
_MEMORY = re.compile(r"^(Rss|Pss):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Board:
    """Where the kernel's files lie.

    Attributes:
        thermal: Folder of the thermal zones.
        throttled: The Raspberry Pi's firmware's word on its power and heat.
        processes: A folder for each process.
        sensors: A folder for each of the kernel's hardware monitors.
    """

    thermal: Path = Path("/sys/class/thermal")
    throttled: Path = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
    processes: Path = Path("/proc")
    sensors: Path = Path("/sys/class/hwmon")

    def temperatures(self) -> dict[str, float]:
        """Zone -> degrees Celsius."""
        found: dict[str, float] = {}
        for zone in sorted(self.thermal.glob("thermal_zone*"))[:MOST_ZONES]:
            text = _text(zone / "temp")
            if re.fullmatch(r"-?\d+", text):
                found[_text(zone / "type") or zone.name] = int(text) / 1000
        return found

    def throttling(self) -> "Throttling | None":
        """What holds the board back; None where it cannot tell."""
        text = _text(self.throttled)
        if not re.fullmatch(r"(0x)?[0-9a-fA-F]{1,8}", text):
            return self._voltage()
        bits = int(text, 16)
        return Throttling(
            {name: bool(bits >> at & 1) for at, name in enumerate(CONDITIONS)},
            {name: bool(bits >> _SINCE_START + at & 1) for at, name in enumerate(CONDITIONS)},
        )

    def _voltage(self) -> "Throttling | None":
        """Whether the voltage is too low, by the driver that other kernels for these boards have.

        https://docs.kernel.org/hwmon/raspberrypi-hwmon.html
        """
        for sensor in sorted(self.sensors.glob("hwmon*")):
            if _text(sensor / "name") == "rpi_volt":
                return Throttling({CONDITIONS[0]: _text(sensor / "in0_lcrit_alarm") == "1"})
        return None

    def memory(self, process: int | None = None) -> dict[str, int]:
        """`rss` and `pss` of a process in bytes: all that it has, and its share of it.

        Args:
            process: Its id; None is this one.
        """
        found = _MEMORY.findall(_text(self._of(process) / "smaps_rollup"))
        return {kind.lower(): int(kilobytes) << 10 for kind, kilobytes in found}

    def processor(self, process: int | None = None) -> Seconds | None:
        """Processor time of a process; None where that cannot be told.

        Args:
            process: Its id; None is this one.
        """
        # Its name, in brackets, may hold anything. After it: the state, and 11 and 12 behind that
        # the time in user and in kernel mode: proc_pid_stat(5).
        words = _text(self._of(process) / "stat").rpartition(")")[2].split()
        try:
            return Seconds((int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK"))
        except (IndexError, ValueError):
            return None

    def _of(self, process: int | None) -> Path:
        return self.processes / ("self" if process is None else str(process))


@dataclass(frozen=True, slots=True)
class Throttling:
    """What holds a Raspberry Pi back, by `CONDITIONS`.

    Attributes:
        now: What does.
        since_start: What did at any time since the board was started.
    """

    now: dict[str, bool] = field(default_factory=dict)
    since_start: dict[str, bool] = field(default_factory=dict)


def _text(file: Path) -> str:
    """What stands in one of the kernel's small files; empty if it cannot be read."""
    try:
        with file.open(errors="replace") as opened:
            return opened.read(4096).strip()
    except OSError:
        return ""
