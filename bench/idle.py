"""What an empty doorstep costs, and whether the motion gate misses or delays any visit.

A day of clips is looked at frame by frame, and again as the daemon would choose its frames: the
demo's approaches, the same very slowly, somebody who stands turned away and then looks up, lights
that are switched, and recorded people. For each visit the first frame with a face, and the first
with news of it, are compared. Then the costs of an empty doorstep are measured in one run, in
turns.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.dataset import FACES, read_image, require_faces
from bench.setup import model, options
from faceidd.access.attendance import Attendance
from faceidd.access.decision import Rules
from faceidd.access.presence import Continuity
from faceidd.camera.folder import natural_order
from faceidd.camera.frame import Frame, Image
from faceidd.camera.motion import Motion
from faceidd.clock import wall
from faceidd.daemon.attention import Attention
from faceidd.daemon.recognition import Model
from faceidd.demo.approach import FPS, HEIGHT, WIDTH, Portrait, Scene, approach
from faceidd.face.recognizer import Sight
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.models.portraits import PortraitName, portrait
from faceidd.units import Instant, Seconds

MOST_DELAY = 2
MOST_COST = 0.10
GAP = Seconds(2.0)
IDLE_LOOK = Seconds(2.0)
EMPTY_S = 5.0
MIN_FACE_PX = 130

Clip = tuple[str, list[Image]]


@dataclass(frozen=True, slots=True)
class Visits:
    """When visits began, and when news came of them, in frames."""

    began: tuple[int, ...]
    news: tuple[int, ...]
    looks: int


def main() -> int:
    """Print both tables; return 1 if a visit is late or an empty doorstep costs too much."""
    parser = options(__doc__ or "")
    parser.add_argument("--days", type=int, default=1)
    arguments: argparse.Namespace = parser.parse_args()
    require_faces()
    built = model(arguments, min_face_px=MIN_FACE_PX)
    good = _report_visits(built, arguments.days)
    return 0 if _report_cost(built) and good else 1


def _report_visits(built: Model, days: int) -> bool:
    day = [clip for _ in range(days) for clip in _day(built)]
    images = [image for _, clip in day for image in clip]
    sights = [built.recognizer.see(image) for image in images]
    gallery = _gallery(built)
    every = _visits(built, gallery, images, sights, lambda _frame: True, lambda *_: None)
    gate = Attention(Motion(MIN_FACE_PX), idle_look=IDLE_LOOK, visit_gap=GAP)
    gated = _visits(
        built, gallery, images, sights, gate.wants,
        lambda at, somebody: gate.note(at, somebody=somebody),
    )  # fmt: skip
    print(f"{len(day)} clips, {len(images)} frames, {gated.looks} looked at with the gate")
    good = True
    for what, whole, part in (
        ("visits", every.began, gated.began),
        ("news of visits", every.news, gated.news),
    ):
        delays = [min((b - a for b in part if b >= a), default=10**6) for a in whole]
        late = [delay for delay in delays if delay > MOST_DELAY]
        print(f"{what}: {len(whole)} and {len(part)}, late by {sorted(delays)[-3:]} at most")
        good = good and not late and len(part) >= len(whole)
    return good


def _visits(
    built: Model,
    gallery: Gallery,
    images: Sequence[Image],
    sights: Sequence[Sight],
    wants: Callable[[Frame], bool],
    note: Callable[[Instant, bool], None],
) -> Visits:
    scale = Scale(Metric.COSINE)
    rules = Rules(scale, built.manifest.thresholds["cosine"], 0.05, 3, 10, Seconds(1.5))
    continuity = Continuity.of_model(built.recognizer.same_face)
    numbers = iter(range(10**6))
    attendance = Attendance(rules, continuity, GAP, lambda: str(next(numbers)))
    matcher = Matcher(gallery, scale, None, {})
    began, news, looks, last = [], [], 0, Instant(float("-inf"))
    for index, (image, sight) in enumerate(zip(images, sights, strict=True)):
        frame = Frame(image, Instant(index / FPS), index)
        if not wants(frame):
            continue
        looks += 1
        somebody = bool(sight.faces or sight.rejected)
        note(frame.captured_at, somebody)
        if somebody:
            if frame.captured_at - last > GAP:
                began.append(index)
            last = frame.captured_at
        told = attendance.update(sight, frame.captured_at, matcher, wall())
        news += [index for outcome in told if outcome.news]
    return Visits(tuple(began), tuple(news), looks)


def _report_cost(built: Model) -> bool:
    """Compare an empty doorstep with and without the gate; the frames come at three rates."""
    empty = list(_empty(60.0))
    good = True
    for fps in (25, 15, 10):
        spent = dict.fromkeys(("every frame", "with the gate"), 0.0)
        gate = Attention(Motion(MIN_FACE_PX), idle_look=IDLE_LOOK, visit_gap=GAP)
        ways: dict[str, Callable[[Frame], bool]] = {
            "every frame": lambda _frame: True,
            "with the gate": gate.wants,
        }
        frames = [Frame(image, Instant(index / fps), index) for index, image in enumerate(empty)]
        for start in range(0, len(frames), 100):
            for name, wants in ways.items():
                begun = time.process_time()
                for frame in frames[start : start + 100]:
                    if wants(frame):
                        built.recognizer.see(frame.image)
                spent[name] += time.process_time() - begun
        whole, part = spent.values()
        print(
            f"{fps} frames/s, nobody there: {1e6 * whole / len(frames):.0f} us a frame looking at"
            f" all, {1e6 * part / len(frames):.0f} with the gate: {part / whole:.1%}"
        )
        good = good and part <= MOST_COST * whole
    return good


def _gallery(built: Model) -> Gallery:
    image = _large("eileen_collins")
    (face,) = built.recognizer.find(image)[:1]
    embedding = built.recognizer.embed(image, face.face)
    return Gallery(
        model_id=built.recognizer.model_id,
        model_name="facenet int8",
        detector="blazeface",
        people=(Person("eileen", "Eileen"),),
        vectors=embedding.vector[np.newaxis],
        norms=np.array([embedding.norm], np.float32),
        owners=np.array([0]),
    )


def _day(built: Model) -> Iterator[Clip]:
    eileen, grace = _portrait(built, "eileen_collins"), _portrait(built, "grace_hopper")
    yield "approaches", list(approach(eileen, grace))
    scenes = (
        Scene("nobody", EMPTY_S),
        Scene("very slowly", 60.0, "enrolled", (60, 220)),
        Scene("nobody", EMPTY_S),
        Scene("lights out", 1.0, light=(0.4, 0.4)),
        Scene("enters in the dark", 4.0, "enrolled", (100, 220), (0.45, 0.45)),
        Scene("nobody", EMPTY_S, light=(0.4, 0.4)),
        Scene("lights on with somebody", 3.0, "stranger", (150, 200)),
        Scene("nobody", EMPTY_S),
        Scene("dusk", 60.0, light=(1.0, 0.35)),
        Scene("walks up at dusk", 4.0, "enrolled", (100, 220), (0.5, 0.5)),
        Scene("nobody", EMPTY_S),
        Scene("there at once", 3.0, "stranger", (180, 200)),
    )
    yield "scenes", list(approach(eileen, grace, scenes))
    yield "turned away", list(_turned_away(eileen))
    for folder in sorted((FACES / "video").glob("nuaa_*/*")):
        if folder.is_dir():
            yield "nobody", list(_empty(EMPTY_S))
            yield folder.name, _photos(folder)
    for file in sorted((FACES / "video" / "clips").iterdir()):
        yield "nobody", list(_empty(EMPTY_S))
        yield file.name, list(_video(file))


def _empty(seconds: float) -> Iterator[Image]:
    yield from approach(_BLANK, _BLANK, [Scene("nobody", seconds)])


_BLANK = Portrait(np.zeros((64, 64, 3), np.uint8), (16, 16, 32))


def _turned_away(eileen: Portrait) -> Iterator[Image]:
    """Somebody stands still, the face not to be seen, for a while; then it is."""
    left, top, width = eileen.face
    hidden = eileen.image.copy()
    face = hidden[max(0, top - width // 2) : top + 2 * width, left - width // 2 : left + 2 * width]
    face[:] = cv2.GaussianBlur(face, (0, 0), width / 2)
    still = Scene("stands", 15.0, "enrolled", (180, 180))
    turned = Portrait(hidden, eileen.face)
    yield from approach(turned, eileen, [Scene("nobody", EMPTY_S), still])
    yield from approach(eileen, eileen, [Scene("looks up", 3.0, "enrolled", (180, 180))])


def _portrait(built: Model, name: PortraitName) -> Portrait:
    image = _large(name)
    box = built.recognizer.detector.detect(image)[0].box
    return Portrait(image, (round(box.x), round(box.y), round(box.width)))


def _large(name: PortraitName) -> Image:
    """A portrait in which the face is as large as the detector wants it."""
    image = read_image(portrait(name))
    return np.asarray(cv2.resize(image, None, fx=2, fy=2), np.uint8)


def _photos(folder: Path) -> list[Image]:
    files = sorted(folder.iterdir(), key=lambda file: natural_order(file.name))
    return [_fitted(read_image(file)) for file in files if file.suffix == ".jpg"]


def _video(file: Path) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(file))
    for _ in range(20 * FPS):
        read, image = capture.read()
        if not read:
            return
        yield _fitted(np.asarray(image, np.uint8))


def _fitted(image: Image) -> Image:
    """The middle of an image, as a door's camera would see it."""
    height, width = image.shape[:2]
    scale = max(WIDTH / width, HEIGHT / height)
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = (large.shape[0] - HEIGHT) // 2, (large.shape[1] - WIDTH) // 2
    return np.ascontiguousarray(large[top : top + HEIGHT, left : left + WIDTH], np.uint8)


if __name__ == "__main__":
    sys.exit(main())
