"""A broker in the package, for the demo and for tests: rumqttd, compiled into `iotcore`.

It listens on the loopback only, lets everybody in, and runs in a process of its own, which ends
with this one, however this one ends. A door that is relied on has a broker of its own.
"""

import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from faceidd.errors import BrokerError
from faceidd.units import Seconds

if TYPE_CHECKING:
    from iotcore import Broker

HOST = "127.0.0.1"
START_TIMEOUT = Seconds(10.0)

_CONFIG = """\
id = 0

[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 1048576
max_segment_count = 10

[v5.1]
name = "door"
listen = "{host}:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 5000
max_payload_size = 65536
max_inflight_count = 100
dynamic_filters = true
"""


class EmbeddedBroker:
    """An MQTT 5 broker on the loopback, from its making until `close`.

    Args:
        port: Where to listen; 0 takes a free port.

    Raises:
        BrokerError: The package's extra is not installed, or the broker did not start.
    """

    def __init__(self, port: int = 0) -> None:
        try:
            from iotcore import Broker  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise BrokerError(
                f"the embedded broker is not installed ({error})",
                do="run `pip install 'faceidd[demo]'`",
            ) from error
        self.host = HOST
        with socket.socket() as held:  # so that nobody else gets the port before the broker listens
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if not port:
                held.bind((HOST, 0))
            self.port: int = port or held.getsockname()[1]
            self._broker = _started(Broker, self.port)

    def close(self) -> None:
        """End the broker. May be called again."""
        self._broker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _started(kind: "type[Broker]", port: int) -> "Broker":
    with tempfile.TemporaryDirectory(prefix="faceidd-broker-") as folder:
        config = Path(folder) / "broker.toml"
        config.write_text(_CONFIG.format(host=HOST, port=port))
        try:
            return kind(config_path=str(config)).start(START_TIMEOUT)
        except Exception as error:
            raise BrokerError(
                f"the embedded broker did not start at {HOST}:{port}: {error}",
                do="check that the port is free, and try again",
            ) from error
