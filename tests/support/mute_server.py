"""A server that is no broker, or a bad one."""

import contextlib
import socket
import threading
from typing import Self


class MuteServer:
    """Accepts connections, answers the first bytes of each as told, and then says nothing.

    Args:
        answer: The bytes.

    Attributes:
        host: Where it listens.
        port: As above.
    """

    def __init__(self, answer: bytes = b"") -> None:
        self._answer = answer
        self._server = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._server.getsockname()
        self._served = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def wait_served(self) -> None:
        """Wait until one more connection was answered."""
        assert self._served.acquire(timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join(20)
        self._server.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                with client:
                    client.recv(4096)
                    client.sendall(self._answer)
                    self._served.release()
                    while client.recv(4096):
                        pass
