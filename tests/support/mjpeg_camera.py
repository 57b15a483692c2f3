"""A network camera on the loopback: MJPEG over HTTP from the standard library's server."""

import threading
from collections.abc import Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Self


class MjpegCamera:
    """Shows its pictures in a loop to whoever asks, from its making until `close`.

    Args:
        pictures: JPEG files, as bytes.
        fps: Pictures per second.
        port: Where to listen; 0 takes a free one.

    Attributes:
        viewers: One for each that came.
    """

    def __init__(self, pictures: Sequence[bytes], *, fps: float = 25.0, port: int = 0) -> None:
        self._pictures = tuple(pictures)
        self._turn = count()
        self._period_s = 1 / fps
        self._frozen = False
        self.viewers = threading.Semaphore(0)
        self._closed = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Viewer, self))
        self._server.daemon_threads = False  # close() waits for the viewers to be let go
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def port(self) -> int:
        """Where the camera listens."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Where the pictures are."""
        return f"http://127.0.0.1:{self.port}/video"

    def show(self, pictures: Sequence[bytes]) -> None:
        """Let other pictures come before the camera, from the first on."""
        self._pictures, self._turn = tuple(pictures), count()

    def freeze(self) -> None:
        """Send nothing from now on, but keep every connection."""
        self._frozen = True

    def thaw(self) -> None:
        """Send again."""
        self._frozen = False

    def pace(self, fps: float) -> None:
        """Send so many pictures a second from now on."""
        self._period_s = 1 / fps

    def close(self) -> None:
        """Drop every viewer and stop listening."""
        self._closed.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_picture(self) -> bytes | None:
        """Wait until a picture is due; None when the camera was closed meanwhile."""
        while not self._closed.wait(self._period_s):
            if not self._frozen:
                pictures = self._pictures
                return pictures[next(self._turn) % len(pictures)]
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Viewer(BaseHTTPRequestHandler):
    timeout = 1  # seconds, for a viewer that does not read

    def __init__(self, camera: MjpegCamera, *connection: object) -> None:
        self._camera = camera
        super().__init__(*connection)  # type: ignore[arg-type]  # passed on as they came

    def do_GET(self) -> None:
        self._camera.viewers.release()
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        try:
            while (picture := self._camera.next_picture()) is not None:
                self.wfile.write(
                    b"--picture\r\nContent-Type: image/jpeg\r\n"
                    b"Content-Length: %d\r\n\r\n%b\r\n" % (len(picture), picture)
                )
        except OSError:
            self.close_connection = True  # the viewer left

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""
