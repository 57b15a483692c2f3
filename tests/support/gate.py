"""A gate on the way to a server: open, shut, or open while nothing comes through."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

from support.held_port import HOST, HeldPort

_CHUNK = 65536


class Gate:
    """A TCP forwarder on a port of its own. It begins shut: connections are refused.

    Args:
        port: Where the server listens.
        host: Where the gate listens.

    Attributes:
        host: As above.
        port: Where it listens when it is open.
    """

    def __init__(self, port: int, host: str = HOST) -> None:
        self._behind = port
        self.host = host
        self._own = HeldPort(host)
        self.port: int = self._own.number
        self._server: socket.socket | None = None
        self._frozen = False
        self._held = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def open(self) -> None:
        """Let connections through."""
        self._frozen = False
        self._server = socket.create_server((self.host, self.port))
        self._start(self._accept, self._server)

    def freeze(self) -> None:
        """Keep the connections, but let nothing through any more."""
        self._held.clear()
        self._frozen = True

    def wait_held(self) -> None:
        """Wait until something was held back since the gate froze."""
        assert self._held.wait(20)

    def shut(self) -> None:
        """Cut every connection and refuse new ones; what was held back is lost."""
        server, self._server = self._server, None
        if server is not None:
            _cut(server)
        for sock in tuple(self._sockets):
            _cut(sock)
        for thread in self._threads:
            thread.join(20)
        self._threads.clear()
        self._sockets.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()

    def _start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            try:
                far = socket.create_connection((HOST, self._behind))
            except OSError:
                near.close()
                continue
            self._sockets |= {near, far}
            self._start(self._forward, near, far)
            self._start(self._forward, far, near)

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if self._frozen:
                    self._held.set()
                else:
                    sink.sendall(data)
        for sock in (source, sink):
            _cut(sock)


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
