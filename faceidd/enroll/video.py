"""A video -> photos of its subject, frame by frame; a long one takes no more memory."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from faceidd.camera.frame import Frame
from faceidd.camera.source import FrameSource
from faceidd.enroll.choice import BestAndMostDifferent, First
from faceidd.enroll.faults import Fault
from faceidd.enroll.people_in_video import PeopleInVideo
from faceidd.enroll.shot import Shot, cut_out
from faceidd.enroll.subject import subject
from faceidd.face.recognizer import Recognizer

RIVAL = 0.5
"""Frames of somebody else, in those of the subject, at which nobody can tell who is meant."""


@dataclass(frozen=True, slots=True)
class VideoRules:
    """What is taken from a video.

    Attributes:
        most: Photos at most.
        same: Least cosine at which a face is that of a person seen before.
        every: Take every so many-th frame as it comes; None chooses the best and most different.
    """

    most: int
    same: float
    every: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PhotosOfVideo:
    """What a video gave.

    Attributes:
        photos: Contents of JPEG files, in the order of the frames.
        frames: Frames that were looked at.
        of_subject: Frames that show the subject well enough.
        of_others: Frames in which somebody else was the dominant face.
        refused: Frames that could not be used, by reason.
        of_rival: Of the frames of others, those of whoever was seen most.
    """

    photos: tuple[bytes, ...]
    frames: int
    of_subject: int
    of_others: int
    refused: Counter[Fault]
    of_rival: int = 0

    @property
    def doubtful(self) -> bool:
        """Whether somebody else was seen so often that the video may be meant to be of them."""
        return self.of_rival >= RIVAL * self.of_subject > 0


def photos_of_video(
    source: FrameSource,
    recognizer: Recognizer,
    rules: VideoRules,
    progress: Callable[[int], None] = lambda _: None,
) -> PhotosOfVideo:
    """Take photos of the subject of a video.

    Args:
        source: The video, a file or a folder of pictures; opened and closed here.
        recognizer: Finds, judges and embeds faces.
        rules: What to take.
        progress: Told how many frames were looked at.

    Raises:
        CameraError: The video cannot be opened.
        ModelError: A network failed.
    """
    every, most = rules.every, rules.most
    people = PeopleInVideo(
        rules.same, lambda: BestAndMostDifferent(most) if every is None else First(most)
    )
    refused: Counter[Fault] = Counter()
    looked = 0
    source.open()
    try:
        while (frame := source.read()) is not None:
            if every is not None and frame.sequence % every:
                continue
            looked += 1
            fault = _look(frame, recognizer, people)
            if fault is not None:
                refused[fault] += 1
            progress(looked)
    finally:
        source.close()
    person = people.subject()
    if person is None:
        return PhotosOfVideo((), looked, 0, 0, refused)
    photos = tuple(kept.content for kept in person.keeper.chosen())
    own = person.seen.faces
    return PhotosOfVideo(photos, looked, own, people.frames - own, refused, people.rival())


def _look(frame: Frame, recognizer: Recognizer, people: PeopleInVideo) -> Fault | None:
    """Take the frame's dominant face for somebody's, or say why not."""
    chosen = subject(recognizer.find(frame.image))
    if isinstance(chosen, Fault):
        return chosen
    shot = Shot.of(frame, chosen, recognizer.embed(frame.image, chosen.face))
    people.see(shot, lambda: cut_out(frame.image, chosen.face.box))
    return None
