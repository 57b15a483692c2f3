"""The command line with a stage that hangs when it is told to: `HANG_FILE ARGUMENTS ...`.

The file is removed when the hanging begins: the next start goes well.
"""

import sys
import time
from pathlib import Path

from faceidd.camera.frame import Image
from faceidd.cli.main import main
from faceidd.face.recognizer import FoundFace, Recognizer

_FILE = Path(sys.argv.pop(1))
_find = Recognizer.find


def _hang(self: Recognizer, image: Image) -> tuple[FoundFace, ...]:
    if _FILE.exists():
        _FILE.unlink()
        time.sleep(3600)
    return _find(self, image)


if __name__ == "__main__":
    Recognizer.find = _hang  # type: ignore[method-assign]  # the stage that hangs
    sys.exit(main())
