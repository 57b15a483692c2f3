"""What a recognizer's answers on photos depend on, as one digest: what it said before holds then.

The digest covers the model, every setting, and the code itself, so that after a change of any of
them photos are looked at again.
"""

import hashlib
import json
from collections.abc import Sequence
from inspect import getfile
from pathlib import Path
from types import ModuleType

import faceidd.enroll.reading
import faceidd.enroll.subject
import faceidd.face
from faceidd import __version__
from faceidd.face.recognizer import Recognizer


def recognizer_digest(
    recognizer: Recognizer, also: Sequence[ModuleType] = (), **settings: object
) -> str:
    """Digest of model, detector, crop rule, limits, and the code between them.

    Args:
        recognizer: The recognizer.
        also: Further modules that photos go through.
        settings: Further settings, as JSON can hold them.

    Returns:
        SHA-256 in hexadecimal.
    """
    parts = {
        "version": __version__,
        "code": _code(also),
        "model": recognizer.model_id,
        "rule": recognizer.rule.model_dump(),
        "detector": [recognizer.detector.name, _plain(recognizer.detector)],
        "refiner": _plain(recognizer.refiner),
        "limits": repr(recognizer.gate.limits),
        **settings,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _plain(part: object) -> dict[str, str]:
    """Every plain value that a detector or refiner was made with, such as its size filter."""
    plain = (bool, int, float, str, tuple)
    return {name: repr(value) for name, value in vars(part).items() if isinstance(value, plain)}


def _code(also: Sequence[ModuleType]) -> str:
    digest = hashlib.sha256()
    files = [file for folder in faceidd.face.__path__ for file in Path(folder).glob("*.py")]
    modules = (faceidd.enroll.reading, faceidd.enroll.subject, *also)
    for file in [*sorted(files), *(Path(getfile(module)) for module in modules)]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
