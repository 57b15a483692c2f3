"""A process whose camera's process outlives it, or not: `orphan.py`; it writes that one's id."""

import sys

from support.odd_camera import PROGRAM, odd

from faceidd.camera.frame import Frame
from faceidd.camera.latest import LatestFrame
from faceidd.units import Seconds

if __name__ == "__main__":
    latest = LatestFrame(odd("hang", read_timeout_s=600), PROGRAM)
    latest.start()
    while not isinstance(latest.take(Seconds(20.0)), Frame):
        pass
    sys.stdout.write(f"{latest.pid}\n")
    sys.stdout.flush()
    latest.take(Seconds(600.0))
