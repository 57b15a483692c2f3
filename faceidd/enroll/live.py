"""A camera -> photos of whoever stands before it, guided from pose to pose."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from faceidd.camera.frame import Frame
from faceidd.enroll.faults import Fault
from faceidd.enroll.guide import HOLD, Advice, Guide, SeenPose
from faceidd.enroll.photo_folder import PhotoFolder
from faceidd.enroll.shot import cut_out
from faceidd.enroll.subject import subject
from faceidd.face.detection import Box
from faceidd.face.recognizer import Recognizer


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What was seen in a frame, and what came of it.

    Attributes:
        frame: The frame.
        box: The dominant face in it, if one can be used.
        advice: What to tell the person.
        saved: The photo that was saved with it, if one was.
    """

    frame: Frame
    box: Box | None
    advice: Advice
    saved: Path | None


def take_poses(
    frames: Iterable[Frame], recognizer: Recognizer, guide: Guide, folder: PhotoFolder
) -> Iterator[Step]:
    """Look at frames until all poses are done; each photo is saved as soon as it is taken.

    Args:
        frames: What the camera gives.
        recognizer: Finds, judges and embeds faces.
        guide: Asks for poses.
        folder: Where photos are saved.

    Raises:
        EnrollmentError: A photo cannot be saved.
        ModelError: A network failed.
    """
    recent: deque[tuple[int, Callable[[], bytes]]] = deque(maxlen=HOLD)
    for frame in frames:
        chosen = subject(recognizer.find(frame.image))
        if isinstance(chosen, Fault):
            advice, box = guide.look(chosen, frame.captured_at), None
        else:
            box = chosen.face.box
            recent.append((frame.sequence, _picture(frame, box)))
            embedding = recognizer.embed(frame.image, chosen.face)
            seen = SeenPose(frame.sequence, chosen.quality, embedding)
            advice = guide.look(seen, frame.captured_at)
        saved = None if advice.sequence is None else folder.save(dict(recent)[advice.sequence]())
        yield Step(frame, box, advice, saved)
        if guide.pose is None:
            return


def _picture(frame: Frame, box: Box) -> Callable[[], bytes]:
    return lambda: cut_out(frame.image, box)
