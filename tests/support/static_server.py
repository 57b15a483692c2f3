"""A static web server on this machine, over real sockets, that a test can make misbehave."""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Answering(BaseHTTPRequestHandler):
    """Answers one connection; speaks HTTP/1.1, ETag and ranges."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def do_GET(self) -> None:
        """Serve a file, or misbehave as the test asked."""
        site = self.server.site
        site.asked.append((self.path, self.headers.get("Range")))
        for pattern, misbehave in site.spoiled.items():
            if re.search(pattern, self.path):
                misbehave(self)
                return
        file = site.folder / self.path.lstrip("/")
        if not file.is_file():
            self.answer(404, b"")
        else:
            self.send_file(file.read_bytes())

    def send_file(self, content: bytes) -> None:
        """Answer with a file, or a part of it, or that it did not change."""
        etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        span = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if self.headers.get("If-None-Match") == etag:
            self.answer(304, b"", ETag=etag)
        elif span and int(span[1]) >= len(content):
            self.answer(416, b"")
        elif span:
            begin = int(span[1])
            told = f"bytes {begin}-{len(content) - 1}/{len(content)}"
            self.answer(206, content[begin:], Content_Range=told, ETag=etag)
        else:
            self.answer(200, content, ETag=etag)

    def answer(
        self, status: int, content: bytes, length: int | None = None, **headers: str
    ) -> None:
        """Send a status, headers and content; `length` is what the headers claim."""
        self.send_response_only(status)
        now = self.server.site.now or datetime.now(UTC)
        self.send_header("Date", format_datetime(now, usegmt=True))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)
        if length is not None and length != len(content):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def break_off(answering: Answering) -> None:
    """Send a part of a file, and hang up."""
    content = (answering.server.site.folder / answering.path.lstrip("/")).read_bytes()
    answering.answer(200, content[: len(content) // 2], length=len(content))


Misbehavior = Callable[[Answering], None]


@dataclass
class Site:
    """What is served, and how.

    Attributes:
        folder: The files.
        url: Where they are.
        spoiled: Pattern of a path -> what is done in the place of serving it.
        now: What the server's clock says; None is the right time.
        asked: Paths and ranges that were asked for.
    """

    folder: Path
    url: str = ""
    spoiled: dict[str, Misbehavior] = field(default_factory=dict)
    now: datetime | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, site: Site) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.site = site

    def handle_error(self, *_: object) -> None:
        """Doors hang up on what they refuse."""


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve a folder."""
    site = Site(folder)
    with _Server(site) as server:
        site.url = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
