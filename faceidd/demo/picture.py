"""What the demo draws: an annotated video and a contact sheet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from faceidd.access.attendance import Outcome
from faceidd.access.decision import Reason, Verdict
from faceidd.camera.frame import Image
from faceidd.demo.approach import scene_at
from faceidd.errors import FaceiddError
from faceidd.face.detection import Box
from faceidd.face.recognizer import FoundFace
from faceidd.simulate.approach import FPS, HEIGHT, WIDTH

COLORS = {
    Verdict.GRANT: (80, 200, 60),
    Verdict.DENY: (50, 50, 230),
    Verdict.UNDECIDED: (200, 200, 200),
}
"""Blue, green, red."""
WHITE, GRAY, BLACK, OPEN = (255, 255, 255), (180, 180, 180), (0, 0, 0), (80, 200, 60)
BAR = 64
"""Height of the caption below the picture, px."""
FONT, SIZE = cv2.FONT_HERSHEY_SIMPLEX, 0.55
COLUMNS = 4
TILE = (3 * WIDTH // 4, 3 * (HEIGHT + BAR) // 4)


@dataclass(frozen=True, slots=True)
class Caption:
    """What was true at one frame of the video.

    Attributes:
        outcomes: What the daemon decided; empty where it saw nobody or never got the frame.
        rejected: Faces whose picture could not be judged.
        relay_on: Whether the relay was energized.
        told: The newest event that had been received by then.
    """

    outcomes: tuple[Outcome, ...]
    rejected: tuple[FoundFace, ...]
    relay_on: bool
    told: str


def annotate(image: Image, index: int, caption: Caption) -> Image:
    """Draw a caption into a copy of a frame; the result is `BAR` pixels higher."""
    canvas = np.zeros((HEIGHT + BAR, WIDTH, 3), np.uint8)
    canvas[:HEIGHT] = image
    for outcome in caption.outcomes:
        _draw_outcome(canvas[:HEIGHT], outcome)
    for found in caption.rejected:
        reason = str(found.quality.rejection).replace("_", " ")
        _draw_face(canvas[:HEIGHT], found.face.box, reason, COLORS[Verdict.UNDECIDED])
    _text(canvas, f"{index / FPS:4.1f} s  {scene_at(index).title}", (10, HEIGHT + 26), WHITE)
    _text(canvas, caption.told, (10, HEIGHT + 52), GRAY)
    state, color = ("DOOR OPEN", OPEN) if caption.relay_on else ("door shut", GRAY)
    _label(canvas, state, (WIDTH - 120, HEIGHT + 28), color)
    return canvas


def write_video(images: Iterable[Image], path: Path) -> None:
    """Write frames of equal size as an MPEG-4 video, one at a time.

    Raises:
        FaceiddError: There are no frames, or OpenCV cannot write there.
    """
    writer: cv2.VideoWriter | None = None
    for image in images:
        if writer is None:
            size = image.shape[1], image.shape[0]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, size)
        writer.write(image)
    if writer is None or not writer.isOpened():
        raise FaceiddError(f"cannot write the video {path}", do="check the folder and its room")
    writer.release()


def read_video(path: Path) -> Iterator[Image]:
    """Read the frames of a video, one at a time."""
    capture = cv2.VideoCapture(str(path))
    while True:
        more, image = capture.read()
        if not more:
            capture.release()
            return
        yield image.astype(np.uint8, copy=False)


def write_contact_sheet(moments: Mapping[int, Image], path: Path) -> None:
    """Write annotated frames side by side, in the order of their numbers.

    Raises:
        FaceiddError: OpenCV cannot write there.
    """
    tiles = [
        cv2.resize(moments[index], TILE, interpolation=cv2.INTER_AREA) for index in sorted(moments)
    ]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
    if not cv2.imwrite(str(path), np.vstack(rows)):
        raise FaceiddError(f"cannot write the picture {path}", do="check the folder and its room")


def _draw_outcome(picture: Image, outcome: Outcome) -> None:
    decision = outcome.decision
    if decision.person is not None:
        who = decision.person.name
    else:
        who = "Stranger" if decision.reason is Reason.STRANGER else "..."
    value = f" {decision.match.value:.2f}" if decision.match is not None else ""
    _draw_face(picture, outcome.seen.face.box, f"{who}{value}", COLORS[decision.verdict])


def _draw_face(picture: Image, box: Box, text: str, color: tuple[int, int, int]) -> None:
    left, top = round(box.x), round(box.y)
    right, bottom = round(box.x + box.width), round(box.y + box.height)
    cv2.rectangle(picture, (left, top), (right, bottom), color, 2)
    _label(picture, f"{text}, {box.width:.0f} px", (max(4, left), max(24, top - 10)), color)


def _label(canvas: Image, text: str, at: tuple[int, int], color: tuple[int, int, int]) -> None:
    """Black text on a colored ground; `at` is the left end of its base line."""
    (width, height), _ = cv2.getTextSize(text, FONT, SIZE, 1)
    x, y = at
    cv2.rectangle(canvas, (x - 4, y - height - 5), (x + width + 4, y + 6), color, -1)
    _text(canvas, text, at, BLACK)


def _text(canvas: Image, text: str, at: tuple[int, int], color: tuple[int, int, int]) -> None:
    cv2.putText(canvas, text, at, FONT, SIZE, color, 1, cv2.LINE_AA)
