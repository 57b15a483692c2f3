"""`faceidd run` in a process of its own, started as systemd starts it."""

import os
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

PATIENCE_S = 120.0
_CLOSED = b"closed"


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
        self._address = f"\0faceidd-{secrets.token_hex(8)}"
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(self._address)
        self._told = threading.Condition()
        self._ready_at: float | None = None
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._log = log
        told_to = {"NOTIFY_SOCKET": self._address.replace("\0", "@")}
        with log.open("wb") as output:
            self.began = time.monotonic()
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **told_to, **environment},
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
        with self._told:
            while self._ready_at is None:
                self._told.wait(0.2)
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise NotReadyError(self.log)
            return self._ready_at

    def wait(self, patience_s: float = PATIENCE_S) -> int:
        """Wait until it has ended by itself; its exit code."""
        return self._process.wait(patience_s)

    def stop(self) -> int:
        """End it in order; its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            self._process.kill()
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
                end.sendto(_CLOSED, self._address)
            self._reader.join()
            self._manager.close()

    def _read(self) -> None:
        """Take all it tells, as systemd does: a manager that does not read holds it up."""
        while (told := self._manager.recv(1000)) != _CLOSED:
            if b"READY=1" in told.split(b"\n"):
                with self._told:
                    self._ready_at = time.monotonic()
                    self._told.notify_all()
