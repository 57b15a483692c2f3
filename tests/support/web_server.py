"""A web server that is told of events, over HTTP or HTTPS, and answers as it is told."""

import ssl
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    """What it was told."""

    path: str
    headers: dict[str, str]
    body: str


class WebServer:
    """Listens on the loopback while it is a context.

    Args:
        port: Where; 0 takes any.
        tls: Its certificate and key; None speaks in the clear.

    Attributes:
        requests: All it was told.
        answers: What it says to the next ones; 204 when there is none left. None hangs up.
    """

    def __init__(self, port: int = 0, tls: tuple[Path, Path] | None = None) -> None:
        self.requests: Queue[Request] = Queue()
        self.answers: deque[int | None] = deque()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                headers = {key.lower(): value for key, value in self.headers.items()}
                answer = outer.answers.popleft() if outer.answers else 204
                outer.requests.put(Request(self.path, headers, body))
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer)
                self.send_header("content-length", "0")
                if answer // 100 == 3:
                    self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = False
        self.port: int = self._server.server_address[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}/door"
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(20)
        self._server.server_close()
