"""Metrics are served to whoever asks rightly, and nobody holds the server up."""

import http.client
import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.hand_clock import HandClock

from faceidd.daemon.metrics_server import (
    CONTENT_TYPE,
    MOST_CONNECTIONS,
    MOST_REQUEST,
    MetricsServer,
)
from faceidd.daemon.status import read_metrics
from faceidd.errors import ConfigError, FaceiddError
from faceidd.units import Instant

PAGE = b"# TYPE faceidd_x gauge\nfaceidd_x 1.0\n"
Serve = Callable[..., MetricsServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers, and closes them at the end."""
    servers: list[MetricsServer] = []

    def start(
        address: str = "127.0.0.1:0",
        page: Callable[[], bytes] = lambda: PAGE,
        clock: HandClock | None = None,
    ) -> MetricsServer:
        servers.append(MetricsServer(address, page, clock or HandClock()))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
        server.close()


def dial(server: MetricsServer) -> socket.socket:
    host, _, port = server.address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def ask(server: MetricsServer, request: bytes) -> bytes:
    with dial(server) as one:
        one.sendall(request)
        answer = b""
        while received := one.recv(65536):
            answer += received
    return answer


@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0"])
def test_metrics_are_served_over_loopback(serve: Serve, address: str) -> None:
    server = serve(address)
    host, _, port = server.address.rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=20)
    connection.request("GET", "/metrics?x=1")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Type")) == (200, CONTENT_TYPE)
    assert answer.read() == PAGE
    connection.close()
    assert read_metrics(server.address) == {("x", ()): 1.0}


def test_metrics_are_served_to_their_owner_over_a_socket_file(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "run" / "metrics.sock"
    server = serve(f"unix:{path}")
    assert read_metrics(f"unix:{path}") == {("x", ()): 1.0}
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(ConfigError, match="Address already in use"):
        serve(f"unix:{path}")
    server.close()
    assert not path.exists()
    with pytest.raises(FaceiddError, match="no daemon answers"):
        read_metrics(f"unix:{path}")


def test_a_socket_that_a_dead_daemon_left_is_replaced(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "metrics.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    serve(f"unix:{path}")
    assert read_metrics(f"unix:{path}")


def test_the_socket_file_is_never_open_to_others(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []

    class Watched(socket.socket):
        def listen(self, backlog: int = 0, /) -> None:
            modes.append((tmp_path / "metrics.sock").stat().st_mode & 0o777)
            super().listen(backlog)

    monkeypatch.setattr(socket, "socket", Watched)
    before = os.umask(0)
    try:
        serve(f"unix:{tmp_path}/metrics.sock")
    finally:
        os.umask(before)
    assert modes == [0o600]


def test_a_socket_whose_listener_hangs_holds_no_start_up(serve: Serve, tmp_path: Path) -> None:
    path = str(tmp_path / "metrics.sock")
    with ExitStack() as stack:
        hanging = stack.enter_context(socket.socket(socket.AF_UNIX))
        hanging.bind(path)
        hanging.listen(0)
        waits = stack.enter_context(socket.socket(socket.AF_UNIX))
        waits.connect(path)  # all that the kernel keeps
        with pytest.raises(ConfigError, match="cannot be served"):
            serve(f"unix:{path}")


def test_without_descriptors_the_server_rests_and_serves_again_later(serve: Serve) -> None:
    turns: list[None] = []

    class Clock(HandClock):
        def __call__(self) -> Instant:
            turns.append(None)
            return super().__call__()

    clock = Clock()
    server = serve(clock=clock)
    host, _, port = server.address.rpartition(":")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as client:
        client.settimeout(0.3)
        free = os.dup(client.fileno())
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
        try:
            client.connect((host, int(port)))
            client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
            with pytest.raises(TimeoutError):
                client.recv(10)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert len(turns) < 100
        clock.sleep(1)
        client.settimeout(20)
        assert client.recv(65536)


def test_what_is_no_socket_is_not_replaced(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("mine")
    with pytest.raises(ConfigError, match="cannot be served"):
        serve(f"unix:{path}")
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"HEAD /metrics HTTP/1.1\r\n\r\n", b"200 OK"),
        (b"GET / HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"POST /metrics HTTP/1.1\r\n\r\n", b"405 Method Not Allowed"),
        (b"GET /metrics HTTP/2\r\n\r\n", b"400 Bad Request"),
        (b"hello\r\n\r\n", b"400 Bad Request"),
        (b"GET /metrics HTTP/1.1\r\n" + b"a: b\r\n" * MOST_REQUEST, b"431 "),
    ],
)
def test_other_requests_are_refused(serve: Serve, request_: bytes, status: bytes) -> None:
    with dial(serve()) as one:
        one.sendall(request_[: MOST_REQUEST + 100])
        assert one.recv(1000).startswith(b"HTTP/1.1 " + status)


def test_slow_clients_hold_nobody_up(serve: Serve) -> None:
    server = serve()
    slow = [dial(server) for _ in range(2 * MOST_CONNECTIONS)]
    for one in slow[MOST_CONNECTIONS:]:
        one.sendall(b"GET /met")
    assert ask(server, b"GET /metrics HTTP/1.1\r\n\r\n").endswith(PAGE)
    for one in slow:
        one.close()


def test_a_connection_that_takes_too_long_is_ended(serve: Serve) -> None:
    clock = HandClock()
    server = serve(clock=clock)
    with dial(server) as slow:
        slow.sendall(b"GET /met")
        assert ask(server, b"GET /metrics HTTP/1.1\r\n\r\n").endswith(PAGE)
        clock.sleep(3)
        ask(server, b"GET / HTTP/1.1\r\n\r\n")  # a turn of the server
        assert slow.recv(10) == b""


def test_the_page_is_made_once_for_many_who_ask(serve: Serve) -> None:
    clock, made = HandClock(), list[None]()

    def page() -> bytes:
        made.append(None)
        return PAGE

    server = serve(page=page, clock=clock)
    for _ in range(5):
        ask(server, b"GET /metrics HTTP/1.1\r\n\r\n")
    assert len(made) == 1
    clock.sleep(1)
    ask(server, b"GET /metrics HTTP/1.1\r\n\r\n")
    assert len(made) == 2


def test_a_page_that_cannot_be_made_is_told(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    def page() -> bytes:
        raise RuntimeError("a fault")

    server = serve(page=page)
    assert b" 500 " in ask(server, b"GET /metrics HTTP/1.1\r\n\r\n")
    assert "metrics could not be told" in caplog.text
    with pytest.raises(FaceiddError, match="it answered 500"):
        read_metrics(server.address)
