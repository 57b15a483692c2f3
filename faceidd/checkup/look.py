"""Look: how long a door needs for a picture with one face in it, stage by stage."""

import statistics
from collections import defaultdict

from faceidd.clock import monotonic
from faceidd.face.alignment import align
from faceidd.face.detection import Detection
from faceidd.face.drawn_face import DrawnFace, drawn_face
from faceidd.face.recognizer import Recognizer
from faceidd.face.refinement import Face
from faceidd.face.stages import Stage, Stopwatch
from faceidd.units import Seconds

LOOKS = 5
"""Runs that the middle is taken of, after one that warms up."""
STAGES: tuple[Stage, ...] = ("detect", "refine", "quality", "align", "embed")
"""All that a look is made of."""


def time_look(recognizer: Recognizer) -> dict[Stage, Seconds]:
    """Let the door's own networks look at the drawn face: stage -> how long it takes.

    Each stage gets the face as it was drawn, whatever the one before said of it: the door's limits
    of size and quality must not leave out what a visitor costs.

    Args:
        recognizer: The door's.

    Raises:
        ModelError: A network failed.
    """
    drawn, took = drawn_face(), defaultdict[Stage, list[Seconds]](list)

    def note(stage: Stage, seconds: Seconds) -> None:
        took[stage].append(seconds)

    for _ in range(1 + LOOKS):
        _look(recognizer, drawn, Stopwatch(note, monotonic))
    return {stage: Seconds(statistics.median(took[stage][1:])) for stage in STAGES}


def _look(one: Recognizer, drawn: DrawnFace, stopwatch: Stopwatch) -> None:
    face = Face(box=drawn.box, score=1.0, landmarks=drawn.landmarks, spread=0.0)
    one.detector.detect(drawn.image)
    stopwatch.lap("detect")
    one.refiner.refine(drawn.image, [Detection(drawn.box, 1.0)])
    stopwatch.lap("refine")
    one.gate.judge(drawn.image, face)
    stopwatch.lap("quality")
    aligned = align(drawn.image, face, one.rule, one.embedder.input_px)
    stopwatch.lap("align")
    one.embedder.embed(aligned)
    stopwatch.lap("embed")
