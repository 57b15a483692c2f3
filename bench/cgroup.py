"""A control group: processes that may use so much memory and processor time, and no more."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path("/sys/fs/cgroup")
PERIOD_US = 100_000
_JOIN = 'for folder in $FOLDERS; do echo $$ > "$folder/cgroup.procs"; done; exec "$@"'


@dataclass(frozen=True, slots=True)
class Usage:
    """What the processes of a group have used.

    Attributes:
        peak: Most bytes at one time, with the files that they read first.
        throttled_s: Seconds for which they had to wait for their next share of a processor.
    """

    peak: int
    throttled_s: float


class ControlGroup:
    """A group with limits, as a context; removed when its processes are gone. Needs root.

    Versions 1 and 2 of the kernel's interface are served.

    Args:
        memory: Most bytes; None for no limit.
        processors: Most processors, 0.25 is a quarter of one; None for no limit.
    """

    def __init__(self, *, memory: int | None, processors: float | None) -> None:
        name = f"faceidd-{os.getpid()}"
        self._unified = (ROOT / "cgroup.controllers").exists()
        roots = {one: ROOT if self._unified else ROOT / one for one in ("cpu", "memory")}
        if self._unified:
            (ROOT / "cgroup.subtree_control").write_text("+cpu +memory")
        self._cpu, self._memory = (roots[one] / name for one in ("cpu", "memory"))
        for folder in {self._cpu, self._memory}:
            folder.mkdir()
        quota = None if processors is None else round(PERIOD_US * processors)
        if self._unified:
            (self._cpu / "cpu.max").write_text(f"{quota or 'max'} {PERIOD_US}")
            (self._memory / "memory.max").write_text(str(memory or "max"))
        else:
            (self._cpu / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (self._cpu / "cpu.cfs_quota_us").write_text(str(quota or -1))
            (self._memory / "memory.limit_in_bytes").write_text(str(memory or -1))

    def joined(self, command: Sequence[str | Path]) -> list[str]:
        """The command that runs another one within the group, in its own process."""
        script = _JOIN.replace("$FOLDERS", f"{self._cpu} {self._memory}")
        return ["sh", "-c", script, "sh", *map(str, command)]

    def usage(self) -> Usage:
        """What was used until now."""
        peak = "memory.peak" if self._unified else "memory.max_usage_in_bytes"
        lines = (self._cpu / "cpu.stat").read_text().splitlines()
        stat = {name: int(value) for name, value in map(str.split, lines)}
        throttled = stat["throttled_usec"] / 1e6 if self._unified else stat["throttled_time"] / 1e9
        return Usage(int((self._memory / peak).read_text()), throttled)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for folder in {self._cpu, self._memory}:
            with suppress(OSError):  # a process that was killed is still on its way
                folder.rmdir()
