"""Clips: the steps of a scenario's day -> video files, and the reel that plays them."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np

from faceidd.camera.folder import ImageFolder
from faceidd.camera.frame import Image
from faceidd.errors import CameraError
from faceidd.simulate.approach import Portrait, Scene, approach
from faceidd.simulate.reel import Ailment, Fault, Reel, Shot
from faceidd.simulate.scenario import Scenario, Step

EMPTY_S = 2.0
"""A clip of nobody, played again and again."""


def make_reel(scenario: Scenario, portraits: Mapping[str, Portrait], folder: Path) -> Reel:
    """Write the clips of a day; the same step is drawn once.

    Args:
        scenario: What comes before the camera, and what ails it.
        portraits: Those of its people who walk.
        folder: Where the clips go.

    Raises:
        CameraError: A clip of the scenario cannot be read.
    """
    drawn: dict[str, str] = {}
    shots = []
    for step in scenario.day:
        key = step.model_dump_json(exclude={"opens", "near_after_s"} | _length(step))
        if key not in drawn:
            drawn[key] = str(folder / f"{len(drawn)}.mp4")
            _write(Path(drawn[key]), scenario.fps, _images(step, scenario.fps, portraits))
        shots.append(_shot(step, drawn[key], scenario.detector.min_face_px))
    return Reel(shots, scenario.fps, _ailments(scenario))


def _length(step: Step) -> set[str]:
    return {"nobody_s"} if step.who is None else set()


def _images(step: Step, fps: int, portraits: Mapping[str, Portrait]) -> Iterator[Image]:
    if step.who is None:
        return approach({}, [Scene("nobody", EMPTY_S)], fps)
    if step.clip is None:
        scene = Scene("visit", step.seconds, step.who, step.near_px, step.light)
        return approach({step.who: portraits[step.who]}, [scene], fps)
    most = round(step.seconds * fps)
    return itertools.islice(
        _folder(step.clip) if step.clip.is_dir() else _video(step.clip, fps), most
    )


def _shot(step: Step, clip: str, min_face_px: float) -> Shot:
    if step.who is None:
        return Shot(clip, step.nobody_s or 0.0)
    near = step.near_after_s if step.clip else _near_after(step, min_face_px)
    return Shot(clip, step.seconds, step.who, near, step.opens)


def _near_after(step: Step, min_face_px: float) -> float | None:
    begin, end = step.near_px
    if begin >= min_face_px:
        return 0.0
    return step.seconds * (min_face_px - begin) / (end - begin) if end > min_face_px else None


def _ailments(scenario: Scenario) -> list[Fault]:
    return [
        Fault(one.at, one.at + (one.lasts or 0.0), Ailment(one.what.removeprefix("camera ")))
        for one in scenario.faults
        if one.what.startswith("camera ")
    ]


def _folder(path: Path) -> Iterator[Image]:
    source = ImageFolder(str(path))
    source.open()
    while (frame := source.read()) is not None:
        yield frame.image


def _video(path: Path, fps: int) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(path))
    step = max(1.0, capture.get(cv2.CAP_PROP_FPS) / fps)
    wanted = 0.0
    for number in itertools.count():
        read, image = capture.read()
        if not read:
            capture.release()
            return
        if number >= wanted:
            wanted += step
            yield np.asarray(image, np.uint8)


def _write(path: Path, fps: float, images: Iterable[Image]) -> None:
    writer: cv2.VideoWriter | None = None
    size = (0, 0)
    for image in images:
        if writer is None:
            size = image.shape[1], image.shape[0]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, size)
        writer.write(image if image.shape[1::-1] == size else cv2.resize(image, size))
    if writer is None or not writer.isOpened():
        raise CameraError("a clip of the scenario shows nothing", do="give a video or pictures")
    writer.release()
