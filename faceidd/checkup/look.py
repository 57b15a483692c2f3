"""Look: how long a door needs for a picture with one face in it, stage by stage."""

import statistics
from collections import defaultdict

from faceidd.camera.frame import Image
from faceidd.face.detection import Detection, FaceDetector
from faceidd.face.drawn_face import DrawnFace, drawn_face
from faceidd.face.recognizer import Recognizer
from faceidd.face.refinement import Face
from faceidd.face.stages import Stage
from faceidd.units import Seconds

LOOKS = 5
"""Runs that the middle is taken of, after one that warms up."""
STAGES: tuple[Stage, ...] = ("detect", "refine", "quality", "align", "embed")
"""All that a look is made of."""


def time_look(recognizer: Recognizer) -> dict[Stage, Seconds]:
    """Let the door's own networks look at the drawn face: stage -> how long it takes.

    It is found and embedded where it was drawn, whatever the detector says and however poor its
    picture is: the door's limits of size and quality must not leave out what a visitor costs.

    Args:
        recognizer: The door's.

    Raises:
        ModelError: A network failed.
    """
    drawn, took = drawn_face(), defaultdict[Stage, list[Seconds]](list)
    seeing = Recognizer(
        _SureDetector(recognizer.detector, drawn),
        recognizer.refiner,
        recognizer.gate,
        recognizer.embedder,
        rule=recognizer.rule,
        same_face=recognizer.same_face,
    )
    seeing.on_stage = lambda stage, seconds: took[stage].append(seconds)
    face = Face(box=drawn.box, score=1.0, landmarks=drawn.landmarks, spread=0.0)
    for _ in range(1 + LOOKS):
        seeing.find(drawn.image)
        seeing.embed(drawn.image, face)
    return {stage: Seconds(statistics.median(took[stage][1:])) for stage in STAGES}


class _SureDetector:
    """Searches as another one does, and finds the drawn face, even where that one would not."""

    def __init__(self, one: FaceDetector, drawn: DrawnFace) -> None:
        self._one = one
        self._found = (Detection(drawn.box, 1.0),)
        self.name = one.name
        self.square_scale = one.square_scale

    def detect(self, image: Image) -> tuple[Detection, ...]:
        self._one.detect(image)
        return self._found
