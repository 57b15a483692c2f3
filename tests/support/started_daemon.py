"""`faceidd run` in a process of its own, started as systemd starts it."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

PATIENCE_S = 120.0


class NotReadyError(Exception):
    """The daemon did not become ready."""


class StartedDaemon:
    """A daemon from its start until it has ended, as a context.

    Args:
        command: What runs it: `python -m faceidd run --config FILE`, and what goes before.
        log: File for all it says.
        environment: Variables that are set for it.

    Attributes:
        began: When it was started, on the monotonic clock.
    """

    def __init__(
        self, command: Sequence[str | Path], log: Path, environment: Mapping[str, str]
    ) -> None:
        # A name of the abstract namespace: it is the same in another root file system.
        address = f"faceidd-{secrets.token_hex(8)}"
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(f"\0{address}")
        self._log = log
        with log.open("wb") as output:
            self.began = time.monotonic()
            self._process = subprocess.Popen(
                command,
                env={**os.environ, "NOTIFY_SOCKET": f"@{address}", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        """Its process id: the daemon's, if the command became the daemon."""
        return self._process.pid

    @property
    def log(self) -> str:
        """What it said until now."""
        return self._log.read_text(errors="replace")

    def wait_ready(self, patience_s: float = PATIENCE_S) -> float:
        """Wait until it says that it is ready; when it said so.

        Raises:
            NotReadyError: It ended before, or its time is over.
        """
        deadline = time.monotonic() + patience_s
        self._manager.settimeout(0.2)
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(TimeoutError):
                if b"READY=1" in self._manager.recv(1000).split(b"\n"):
                    return time.monotonic()
        raise NotReadyError(self.log)

    def stop(self) -> int:
        """End it in order; its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            self._process.kill()
            self._manager.close()
