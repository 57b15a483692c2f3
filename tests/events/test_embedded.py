"""The broker in the package keeps to itself and leaves with its owner."""

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from faceidd.errors import BrokerError
from faceidd.events.embedded import EmbeddedBroker

LOOPBACK = "0100007F"
CONNECT = b"\x10\x10\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x03abc"  # keep-alive 60 s


def test_it_listens_on_the_loopback_only() -> None:
    with EmbeddedBroker() as broker:
        sockets = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        bound = [place.split(":")[0] for place in sockets if place.endswith(f":{broker.port:04X}")]
    assert set(bound) == {LOOPBACK}


def test_closing_frees_its_port() -> None:
    broker = EmbeddedBroker()
    broker.close()
    broker.close()
    with EmbeddedBroker(broker.port) as again:
        assert again.port == broker.port


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(BrokerError, match=f"did not start at 127.0.0.1:{port}"):
            EmbeddedBroker(port)


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "iotcore", None)
    with pytest.raises(BrokerError, match=r"not installed.*pip install 'faceidd\[demo\]'"):
        EmbeddedBroker()


def test_it_ends_with_a_process_that_is_killed() -> None:
    program = """if True:
        import threading
        from faceidd.events.embedded import EmbeddedBroker
        print(EmbeddedBroker().port, flush=True)
        threading.Event().wait()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(CONNECT)
            assert client.recv(1) == b"\x20"  # we are welcome, and will not be left alone
            process.kill()
            with contextlib.suppress(ConnectionResetError):
                while client.recv(4096):
                    pass
    finally:
        process.kill()
        process.communicate(timeout=20)
