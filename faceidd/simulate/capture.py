"""The capture process of a scenario: `faceidd.camera.capture` with a scripted camera.

A program of its own, `python -m faceidd.simulate.capture FOLDER HASTE ...`, and then as
`faceidd.camera.capture`.
"""

import sys
from pathlib import Path

from faceidd.camera.capture import main
from faceidd.camera.settings import CameraSettings
from faceidd.clock import pass_as
from faceidd.simulate.course import SharedCourse
from faceidd.simulate.reel import Reel
from faceidd.simulate.scripted_camera import ScriptedCamera

PAGE, REEL = "course", "reel.json"
"""Files in a scenario's folder."""


def program(folder: Path, haste: float) -> tuple[str, ...]:
    """What the interpreter runs to capture.

    Args:
        folder: The scenario's; page and reel are there.
        haste: How many times as fast as real time it passes at the most.
    """
    return ("-m", "faceidd.simulate.capture", str(folder), str(haste))


def _main() -> None:
    folder, haste, *arguments = sys.argv[1:]
    course = SharedCourse(Path(folder) / PAGE, float(haste))
    pass_as(course)

    def connect(_settings: CameraSettings) -> ScriptedCamera:
        return ScriptedCamera(Reel.load(Path(folder) / REEL), course)

    main(arguments, connect)


if __name__ == "__main__":
    _main()
