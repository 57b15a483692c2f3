"""Network cameras that can be made to fail and be well again, each a process of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO

import cv2
from support.mjpeg_camera import MjpegCamera
from support.numbered import draw
from support.rtsp_camera import RtspCamera

FPS = 20
PICTURES = 50
LARGE = 2
"""How much larger pictures are after a switch of resolution."""


class Fault(StrEnum):
    """What can become of a camera on the network."""

    KILLED = "killed"
    FROZEN = "frozen"
    SLOWED = "slowed"
    RESIZED = "switched its resolution"
    GARBAGE = "sent garbage"


class FaultyMjpeg:
    """MJPEG over HTTP."""

    def __init__(self) -> None:
        self._process = _start("mjpeg", 0)
        self.port = _answer(self._process)
        self.url = f"http://127.0.0.1:{self.port}/video"

    def fail(self, fault: Fault) -> None:
        """Begin to fail."""
        if fault is Fault.KILLED:
            self.close()
        else:
            _tell(self._process, fault)

    def heal(self) -> None:
        """Be well again."""
        if self._process.poll() is not None:
            self._process = _start("mjpeg", self.port)
            _answer(self._process)
        _tell(self._process, "well")

    def close(self) -> None:
        """Die, as in a power cut."""
        _end(self._process)


class FaultyRtsp:
    """H.264 over RTSP; its resolution can be switched by a restart only, as real cameras do.

    Args:
        folder: Where the pictures are made.
    """

    def __init__(self, folder: Path) -> None:
        self._folders = [folder / "small", folder / "large"]
        for scale, made in zip((1, LARGE), self._folders, strict=True):
            made.mkdir(parents=True)
            for number in range(PICTURES):
                cv2.imwrite(str(made / f"{number:03}.jpg"), _picture(number, scale))
        self._camera: RtspCamera | None = RtspCamera(self._folders[0], fps=FPS)
        self.port = int(self._camera.port)
        self.url = self._camera.url
        self._trouble: subprocess.Popen[str] | None = None

    def fail(self, fault: Fault) -> None:
        """Begin to fail."""
        assert self._camera is not None
        match fault:
            case Fault.FROZEN:
                self._camera.freeze()
            case Fault.SLOWED:
                self._trouble = _start("slowness", self._camera.pid)
                _answer(self._trouble)
            case Fault.KILLED:
                self.close()
            case Fault.RESIZED:
                self.close()
                self._folders.reverse()
                self.heal()
            case Fault.GARBAGE:
                self.close()
                self._trouble = _start("garbage", self.port)
                _answer(self._trouble)

    def heal(self) -> None:
        """Be well again."""
        if self._trouble is not None:
            _end(self._trouble)
            self._trouble = None
        if self._camera is None:
            self._camera = RtspCamera(self._folders[0], fps=FPS, port=self.port)
        self._camera.thaw()

    def close(self) -> None:
        """Die, as in a power cut."""
        if self._camera is not None:
            self._camera.close()
            self._camera = None


def _picture(number: int, scale: int) -> "cv2.typing.MatLike":
    return cv2.resize(draw(number), None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)


def _start(kind: str, number: int) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, __file__, kind, str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tests}:{Path(tests).parent}"},
    )


def _answer(process: subprocess.Popen[str]) -> int:
    return int(_pipe(process.stdout).readline())


def _tell(process: subprocess.Popen[str], word: str) -> None:
    pipe = _pipe(process.stdin)
    pipe.write(f"{word}\n")
    pipe.flush()
    _pipe(process.stdout).readline()  # it is done


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _serve_mjpeg(port: int) -> None:
    pictures = {
        "well": [_jpeg(number, 1) for number in range(PICTURES)],
        Fault.RESIZED: [_jpeg(number, LARGE) for number in range(PICTURES)],
        Fault.GARBAGE: [os.urandom(3000) for _ in range(PICTURES)],
    }
    camera = MjpegCamera(pictures["well"], fps=FPS, port=port)
    _say(camera.port)
    for word in map(str.strip, sys.stdin):
        (camera.freeze if word == Fault.FROZEN else camera.thaw)()
        camera.pace(2 if word == Fault.SLOWED else FPS)
        camera.show(pictures.get(word, pictures["well"]))
        _say(word)


def _slow(pid: int) -> None:
    """Let a process run a fifteenth of the time."""
    _say(pid)
    while True:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.7)
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.05)


def _serve_garbage(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as server:
        _say(port)
        while True:
            viewer, _ = server.accept()
            threading.Thread(target=_babble, args=(viewer,), daemon=True).start()


def _babble(viewer: socket.socket) -> None:
    with viewer, contextlib.suppress(OSError):
        for _ in _forever():
            viewer.sendall(os.urandom(1000))
            viewer.recv(1000)


def _forever() -> Iterator[None]:
    while True:
        yield


def _jpeg(number: int, scale: int) -> bytes:
    return cv2.imencode(".jpg", _picture(number, scale))[1].tobytes()


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    programs = {"mjpeg": _serve_mjpeg, "garbage": _serve_garbage, "slowness": _slow}
    programs[sys.argv[1]](int(sys.argv[2]))
