"""The program of a camera, of Python alone: shows a folder's pictures in a loop, `FOLDER PORT`.

What is written into the folder later is shown from the next second on.
"""

import sys
import time
from pathlib import Path

from support.mjpeg_camera import MjpegCamera


def _pictures(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(folder.glob("*.jpg"))]


def _main(folder: Path, port: int) -> None:
    shown = _pictures(folder)
    with MjpegCamera(shown, fps=10, port=port) as camera:
        while True:
            time.sleep(1)
            if (now := _pictures(folder)) and now != shown:  # others begin with the first
                shown = now
                camera.show(shown)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
