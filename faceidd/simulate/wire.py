"""Wire: what lies between a door and its broker; it can be slow.

Every byte passes a forwarder on the loopback, later by as much as the wire is slow.
"""

import socket
import threading
import time
from contextlib import suppress
from typing import Self

from faceidd.clock import real_s

HOST = "127.0.0.1"
CHUNK = 65536


class Wire:
    """Forwards connections to one port, from its making until `close`.

    Args:
        port: Where to.

    Attributes:
        delay_s: How much later a piece arrives, in seconds of the clock.
        port: Where it listens.
    """

    def __init__(self, port: int) -> None:
        self.delay_s = 0.0
        self._to = port
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Cut all connections and listen no more. May be called again."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            ends = list(self._open)
        for end in ends:
            _cut(end)
        self._thread.join(1.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection((HOST, self._to), timeout=1.0)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            with self._lock:
                self._open |= {near, far}
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=pair, daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(CHUNK):
                if self.delay_s:
                    time.sleep(real_s(self.delay_s))
                sink.sendall(piece)
        for end in (source, sink):
            _cut(end)
            with self._lock:
                self._open.discard(end)
        source.close()


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
