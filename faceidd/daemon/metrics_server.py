"""MetricsServer: one page over HTTP, on a thread that nobody can hold up.

All connections are served by one thread that waits for none of them: each has a bounded time, a
bounded request, and its place until somebody newer needs it. The page is made at most once in
`FRESH_FOR`, however often it is asked for.
"""

import logging
import os
import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from faceidd.clock import Clock, monotonic
from faceidd.errors import ConfigError
from faceidd.units import Instant, Seconds

MOST_CONNECTIONS = 8
MOST_WAITING = 64
"""Connections that the kernel keeps until the thread comes to them."""
MOST_REQUEST = 4096
"""Bytes of a request."""
LONGEST = Seconds(2.0)
"""Time of a connection, all in all."""
FRESH_FOR = Seconds(1.0)
ACCEPT_PAUSE = Seconds(0.5)
"""Nobody is let in for so long once no descriptor or memory was left for it."""
PROBE_TIMEOUT = Seconds(1.0)
CLOSE_WITHIN = Seconds(0.5)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNIX = "unix:"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Connection:
    ends: Instant
    request: bytes = b""
    answer: memoryview = field(default_factory=lambda: memoryview(b""))


class MetricsServer:
    """Serves `GET /metrics`. Close it at the end.

    Args:
        address: `unix:/path`, `127.0.0.1:9464` or `[::1]:9464`.
        page: Makes the page.
        clock: What connections' time is measured by.

    Raises:
        ConfigError: The address cannot be listened on.
    """

    def __init__(self, address: str, page: Callable[[], bytes], clock: Clock = monotonic) -> None:
        self._page = page
        self._clock = clock
        self._made: tuple[Instant, bytes] | None = None
        self._connections: dict[socket.socket, _Connection] = {}
        self._resume_at: Instant | None = None
        self._listener = _listen(address)
        self._alarm, self._wake = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens, as configured; with the port that was given for port 0."""
        name = self._listener.getsockname()
        if isinstance(name, str):
            return f"{UNIX}{name}"
        host, port = name[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def close(self) -> None:
        """Stop serving, within `CLOSE_WITHIN`. May be called again."""
        if self._closing:
            return
        self._closing = True
        self._alarm.close()
        self._thread.join(CLOSE_WITHIN)

    def _run(self) -> None:
        try:
            while not self._closing:
                for key, events in self._selector.select(self._pause()):
                    self._handle(key, events)
                self._end_overdue()
                self._resume()
        except Exception:
            _log.exception("metrics are not served any more")
        finally:
            for connection in tuple(self._connections):
                self._drop(connection)
            name = self._listener.getsockname()
            self._selector.close()
            self._listener.close()
            self._wake.close()
            if isinstance(name, str):
                Path(name).unlink(missing_ok=True)

    def _pause(self) -> float | None:
        dues = [one.ends for one in self._connections.values()]
        if self._resume_at is not None:
            dues.append(self._resume_at)
        return max(0.0, min(dues) - self._clock()) if dues else None

    def _handle(self, key: selectors.SelectorKey, events: int) -> None:
        if key.fileobj is self._listener:
            self._accept()
        elif key.fileobj is not self._wake and isinstance(key.fileobj, socket.socket):
            one = key.fileobj
            try:
                self._receive(one) if events & selectors.EVENT_READ else self._send(one)
            except OSError:
                self._drop(one)

    def _accept(self) -> None:
        try:
            one, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):  # gone again
            return
        except OSError:  # it would stay readable, and this thread never rest
            self._selector.unregister(self._listener)
            self._resume_at = Instant(self._clock() + ACCEPT_PAUSE)
            return
        one.setblocking(False)
        while len(self._connections) >= MOST_CONNECTIONS:
            self._drop(next(iter(self._connections)))
        self._connections[one] = _Connection(Instant(self._clock() + LONGEST))
        self._selector.register(one, selectors.EVENT_READ)

    def _resume(self) -> None:
        if self._resume_at is not None and self._clock() >= self._resume_at:
            self._resume_at = None
            self._selector.register(self._listener, selectors.EVENT_READ)

    def _receive(self, one: socket.socket) -> None:
        connection = self._connections.get(one)
        if connection is None:  # dropped for a newer one in this very turn
            return
        received = one.recv(MOST_REQUEST)
        connection.request += received
        is_whole = b"\r\n\r\n" in connection.request
        if not received:
            self._drop(one)
        elif is_whole or len(connection.request) > MOST_REQUEST:
            answer = self._answer(connection.request) if is_whole else _answer(431, b"too long\n")
            connection.answer = memoryview(answer)
            self._selector.modify(one, selectors.EVENT_WRITE)

    def _send(self, one: socket.socket) -> None:
        connection = self._connections.get(one)
        if connection is None:
            return
        connection.answer = connection.answer[one.send(connection.answer) :]
        if not connection.answer:
            with suppress(OSError):
                one.shutdown(socket.SHUT_WR)
            self._drop(one)

    def _answer(self, request: bytes) -> bytes:
        words = request.split(b"\r\n", 1)[0].split(b" ")
        match words:
            case [b"GET" | b"HEAD" as method, path, version] if version.startswith(b"HTTP/1."):
                if path.split(b"?", 1)[0] != b"/metrics":
                    return _answer(404, b"see /metrics\n", method)
                try:
                    return _answer(200, self._fresh(), method)
                except Exception:
                    _log.exception("metrics could not be told")
                    return _answer(500, b"see the log\n", method)
            case [_, _, version] if version.startswith(b"HTTP/1."):
                return _answer(405, b"only GET\n")
            case _:
                return _answer(400, b"no HTTP\n")

    def _fresh(self) -> bytes:
        now = self._clock()
        if self._made is None or now - self._made[0] >= FRESH_FOR:
            self._made = (now, self._page())
        return self._made[1]

    def _end_overdue(self) -> None:
        now = self._clock()
        for one in [one for one, connection in self._connections.items() if connection.ends <= now]:
            self._drop(one)

    def _drop(self, one: socket.socket) -> None:
        if self._connections.pop(one, None) is not None:
            self._selector.unregister(one)
            one.close()


_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
}


def _answer(status: int, body: bytes, method: bytes = b"GET") -> bytes:
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    return head if method == b"HEAD" else head + body


def _listen(address: str) -> socket.socket:
    try:
        if address.startswith(UNIX):
            return _listen_on_path(Path(address.removeprefix(UNIX)))
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return _listening(socket.socket(family), (host, int(port)))
    except OSError as error:
        raise ConfigError(
            f"metrics cannot be served on {address}: {error.strerror or error}",
            do="set metrics.listen to another address, or to null",
        ) from error


def _listen_on_path(path: Path) -> socket.socket:
    """Listen on a socket in the file system; one that a dead daemon left is replaced."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PROBE_TIMEOUT)
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            pass
        except ConnectionRefusedError:
            if path.is_socket():
                path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    # Before it is bound: Linux makes the file with this mode, and no umask is changed for others.
    os.fchmod(listener.fileno(), 0o600)
    return _listening(listener, str(path))


def _listening(listener: socket.socket, where: str | tuple[str, int]) -> socket.socket:
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind(where)
        listener.listen(MOST_WAITING)
    except BaseException:
        listener.close()
        raise
    return listener
