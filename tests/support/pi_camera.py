"""Picamera2, as far as a camera's adapter uses it: a module that stands in for the real one.

Signatures, formats and errors are those of Picamera2 0.3.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
from support.numbered import draw

from faceidd.camera.frame import Image


class PiCameras(ModuleType):
    """The module `picamera2`, on a board with one camera.

    Attributes:
        configured: What the camera was configured as, last.
        in_use: Whether a program has the camera.
        fault: What the next capture fails with.
    """

    def __init__(self) -> None:
        super().__init__("picamera2")
        self.configured: dict[str, Any] = {}
        self.in_use = False
        self.fault: Exception | None = None
        self.Picamera2 = partial(_Picamera2, self)


class _Picamera2:
    def __init__(self, board: PiCameras, camera_num: int = 0) -> None:
        self._board = board
        if camera_num != 0:
            raise IndexError("list index out of range")
        if self._board.in_use:
            raise RuntimeError("Failed to acquire camera: Device or resource busy")
        self._board.in_use = True
        self._started = False
        self._taken = 0

    def create_video_configuration(
        self, main: dict[str, Any], controls: dict[str, Any]
    ) -> dict[str, Any]:
        return {"main": {"format": "XBGR8888", **main}, "controls": controls}

    def configure(self, camera_config: dict[str, Any]) -> None:
        if camera_config["main"]["size"][0] % 2:
            raise RuntimeError("width should be even")
        self._board.configured = camera_config

    def start(self) -> None:
        self._started = True

    def capture_array(self, name: str = "main") -> Image:
        assert self._started
        assert name == "main"
        if self._board.fault is not None:
            raise self._board.fault
        self._taken += 1
        width, height = self._board.configured["main"]["size"]
        image = np.zeros((height, width, 3), np.uint8)
        shown = draw(self._taken - 1)
        image[: shown.shape[0], : shown.shape[1]] = shown
        padded = np.zeros((height, width + 32, 3), np.uint8)  # as buffers are aligned
        padded[:, :width] = image
        return padded[:, :width]

    def close(self) -> None:
        self._board.in_use = False


@contextmanager
def installed(module: ModuleType | None) -> Iterator[None]:
    """Let `import picamera2` find this module, or nothing."""
    before = sys.modules.get("picamera2")
    sys.modules["picamera2"] = module  # type: ignore[assignment]  # None makes the import fail
    try:
        yield
    finally:
        del sys.modules["picamera2"]
        if before is not None:
            sys.modules["picamera2"] = before
