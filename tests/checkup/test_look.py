"""How long a look takes, with a face in it whatever the door's limits are."""

from pathlib import Path

from support.seeing import recognizer
from support.told import ToldDetector

from faceidd.camera.frame import Image
from faceidd.checkup.look import LOOKS, STAGES, time_look
from faceidd.face.drawn_face import drawn_face
from faceidd.face.quality import Quality
from faceidd.face.quality_gate import QualityGate
from faceidd.face.refinement import Face
from faceidd.face.stages import unheard


class NotingGate(QualityGate):
    """A gate that keeps what it judged."""

    def __init__(self) -> None:
        super().__init__()
        self.judged: list[Face] = []

    def judge(self, image: Image, face: Face) -> Quality:
        self.judged.append(face)
        return super().judge(image, face)


def test_every_stage_has_the_drawn_face_where_the_detector_does_not_find_it(
    models_dir: Path,
) -> None:
    door = recognizer(models_dir)
    door.detector, door.gate = ToldDetector(), NotingGate()
    took = time_look(door)
    assert set(took) == set(STAGES)
    assert len(door.gate.judged) == 1 + LOOKS
    assert all(face.box.overlap(drawn_face().box) > 0.8 for face in door.gate.judged)
    assert door.on_stage is unheard  # the door's own is not told of it
