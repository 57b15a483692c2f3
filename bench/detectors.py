"""The detectors beside each other: what they find, what they cost, and what accuracy they give.

Detection rate is over all labeled photos, with the size filter at a sixth of the photo; time is
of a 640 x 480 frame with the daemon's default size filter; accuracy is LFW's, through the
refinement and the one crop rule that serve every detector.
"""

import statistics
import time

import cv2
import numpy as np

from bench.dataset import FACES, read_image, require_faces
from bench.setup import PHOTO_FACE_PX, model, options
from faceidd.camera.frame import Image
from faceidd.daemon.recognition import Model
from faceidd.evaluation.embedded import embed_photos
from faceidd.evaluation.labeled import LabeledPhoto, read_manifest
from faceidd.evaluation.lfw import Lfw, measure_lfw, photos_of, read_pairs
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Scorer

DETECTORS = ("blazeface", "haar", "mtcnn")
DOOR_FACE_PX = 130
DOOR_SETS = ("casia", "nuaa_live", "scut", "bbt", "nogizaka")
"""Sets whose photos look like what a door sees: near faces, one a photo."""
REPEATS = 30


def main() -> int:
    """Print the table."""
    arguments = options(__doc__ or "").parse_args()
    require_faces()
    print("| detector | found, door-like sets | found, LFW | ms a frame | LFW accuracy |")
    print("|---|---|---|---|---|")
    door = [photo for photo in read_manifest(FACES / "manifest.csv") if photo.set in DOOR_SETS]
    frames = [_frame(read_image(photo.path)) for photo in door if photo.set == "nuaa_live"]
    for name in DETECTORS:
        found = _rate(model(arguments, name, DOOR_FACE_PX // 2), door)
        cost = _milliseconds(model(arguments, name, DOOR_FACE_PX), frames[:REPEATS])
        lfw, seen = _lfw(model(arguments, name, PHOTO_FACE_PX))
        print(
            f"| {name} | {found:.3f} | {seen:.3f} | {cost:.1f} | {lfw.accuracy.mean:.4f} |",
            flush=True,
        )
    return 0


def _lfw(built: Model) -> tuple[Lfw, float]:
    """LFW's accuracy, and the share of its photos in which there is a face."""
    pairs = read_pairs(FACES / "lfw" / "pairs.txt", FACES / "lfw")
    photos = photos_of(pairs)
    embedded = embed_photos(photos, built.recognizer, cache=None, gate=False)
    return measure_lfw(pairs, embedded, Scorer(Scale())), len(embedded.photos) / len(photos)


def _frame(image: Image) -> Image:
    return cv2.resize(image, (640, 480)).astype(np.uint8, copy=False)


def _rate(built: Model, photos: list[LabeledPhoto]) -> float:
    detector = built.recognizer.detector
    return statistics.mean(bool(detector.detect(read_image(photo.path))) for photo in photos)


def _milliseconds(built: Model, frames: list[Image]) -> float:
    detector = built.recognizer.detector
    detector.detect(frames[0])
    times = []
    for frame in frames:
        began = time.perf_counter()
        detector.detect(frame)
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    raise SystemExit(main())
