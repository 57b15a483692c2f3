import socket
import threading
from collections.abc import Iterator

import pytest

from faceidd.clock import monotonic
from faceidd.simulate.wire import HOST, Wire


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says once what it hears."""
    with socket.create_server((HOST, 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(connection.recv(100))

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_a_wire_carries_both_ways_and_later_where_it_is_slow(echo: int) -> None:
    with Wire(echo) as wire:
        wire.delay_s = 0.05
        with socket.create_connection((HOST, wire.port)) as client:
            began = monotonic()
            client.sendall(b"hello")
            assert client.recv(100) == b"hello"
            assert monotonic() - began >= 0.1
            assert client.recv(100) == b""


def test_a_wire_to_nobody_ends_at_once() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
    with Wire(port) as wire, socket.create_connection((HOST, wire.port)) as client:
        assert client.recv(100) == b""
