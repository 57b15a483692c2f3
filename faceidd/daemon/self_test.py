"""Self-test: known answers that detector, refiner, embedder and pins must give before READY.

A program can be whole and its answers wrong: a kernel that was compiled for another processor, a
runtime that is broken, memory that is. So a drawn face must be found where it was drawn, none in an
empty picture, and the embedder must say of it what was written down where its pack was built. A pin
must be read at the level it is driven to. Nothing is energized.
"""

import logging

import numpy as np

from faceidd.daemon.config import Config, DetectorConfig
from faceidd.daemon.recognition import Model, build_detector
from faceidd.door.relay import Relay
from faceidd.errors import DoorError, ModelError
from faceidd.face.detection import Detection
from faceidd.face.drawn_face import DrawnFace, drawn_face
from faceidd.face.known_answer import check_answer
from faceidd.face.recognizer import Recognizer
from faceidd.face.refinement import Face

LEAST_OVERLAP = 0.8
"""Of the box that is found with the drawn one; 0.91 to 0.93 by any detector."""
MOST_OFF = 0.1
"""How far a landmark may lie from where it was drawn, in widths of the face; found: up to 0.05."""
PROVEN = frozenset({"blazeface", "haar", "mtcnn"})
"""Detectors that are known to find the drawn face. Of any other the log warns, and the refiner is
shown the face where it was drawn."""

_AGAIN = "run `faceidd model verify`; if it finds nothing, the board or its software is broken"
_log = logging.getLogger(__name__)


def require_rest(relay: Relay, pin: str) -> None:
    """Read a pin back that was just taken hold of.

    Raises:
        DoorError: It cannot be read, or is not at rest.
    """
    if relay.energized:
        raise DoorError(
            f"the pin {pin} was driven to rest and reads energized",
            do="look for a short circuit or a second program that drives it",
        )


def prove_networks(config: Config, model: Model) -> None:
    """Ask the networks what is known.

    Raises:
        ModelError: An answer is wrong, or a network failed.
    """
    drawn = drawn_face()
    seeing = _seeing(config, model)
    if seeing.find(np.full_like(drawn.image, 128)):
        raise ModelError("the self-test found a face in an empty picture", do=_AGAIN)
    found = _found(seeing, config.detector.name, drawn)
    if len(found) != 1 or not _is_there(found[0], drawn):
        raise ModelError(
            f"the self-test did not find the drawn face where it was drawn, but {found}", do=_AGAIN
        )
    if not check_answer(model.recognizer.embedder, model.manifest, model.variant, drawn):
        _log.warning("model pack %s has no known answer: it was built by an older version",
            model.manifest.name)  # fmt: skip


def _seeing(config: Config, model: Model) -> Recognizer:
    """The recognizer with a detector of its own: the door's limits of size and score are no fault.

    The networks of all others are those that the door runs.
    """
    own = DetectorConfig(name=config.detector.name, yunet_model=config.detector.yunet_model)
    one = model.recognizer
    detector = build_detector(config.model_copy(update={"detector": own}))
    return Recognizer(
        detector, one.refiner, one.gate, one.embedder, rule=one.rule, same_face=one.same_face
    )


def _found(seeing: Recognizer, name: str, drawn: DrawnFace) -> list[Face]:
    """Faces in the drawn face's picture, or what the refiner says of it by itself.

    It is asked alone where the detector is not known to find the face. A box tells it nothing of
    where the landmarks lie.
    """
    if name in PROVEN:
        return [one.face for one in seeing.find(drawn.image)]
    _log.warning(
        "detector %s is not known to find the drawn face, so nothing proves that it finds any:"
        " it finds %s",
        name,
        seeing.detector.detect(drawn.image),
    )
    told = seeing.refiner.refine(drawn.image, [Detection(drawn.box, 1.0)])
    return [face for face in told if face is not None]


def _is_there(face: Face, drawn: DrawnFace) -> bool:
    off = np.subtract(face.landmarks, drawn.landmarks) / drawn.box.width
    return (
        face.box.overlap(drawn.box) >= LEAST_OVERLAP
        and float(np.hypot(off[:, 0], off[:, 1]).max()) <= MOST_OFF
    )
