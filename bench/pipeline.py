"""What the daemon costs a frame with a face, beside its two networks alone, in one run.

The daemon's whole look at a frame (detect, crop, embed, evidence, match, decide) against the bare
calls of the detector's and the embedder's networks on ready tensors of the same shapes. Rounds of
the two are interleaved, so that both see the same machine. DeepFace and face_recognition are
measured on the same frame where they are installed.
"""

import importlib.util
import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np

from bench.setup import model, options
from faceidd.access.attendance import Attendance
from faceidd.access.decision import Rules
from faceidd.camera.frame import Image
from faceidd.daemon.recognition import Model
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.metric import Metric
from faceidd.models.pack import load_detector, load_embedder
from faceidd.models.portraits import portrait
from faceidd.models.runtime import Network, Tensor, open_network
from faceidd.units import Instant, Seconds

ROUNDS = 200
REQUIRED = 1.15
PEOPLE = 100


def main() -> int:
    """Print the table; return 1 if the pipeline costs more than `REQUIRED` times the parts."""
    arguments = options(__doc__ or "").parse_args()
    built = model(arguments, min_face_px=130)
    frame = _frame()
    if len(built.recognizer.see(frame)) != 1:
        raise SystemExit("the frame does not show exactly one face")
    detector = _network(load_detector(arguments.models, "blazeface").read("short_range"), 1)
    embedder = _network(
        load_embedder(arguments.models, "facenet").read(arguments.variant), arguments.threads
    )
    whole, parts = _interleaved(_pipeline(built, frame), _bare(detector, embedder, frame))
    print(f"640 x 480 frame with one face, gallery of {PEOPLE}, medians of {ROUNDS} rounds\n")
    print("| what | ms | ratio |")
    print("|---|---|---|")
    print(f"| detector's and embedder's networks alone | {1000 * parts:.2f} | 1 |")
    print(f"| faceidd, frame to decision | {1000 * whole:.2f} | {whole / parts:.3f} |")
    for name, seconds in _rivals(frame):
        print(f"| {name} | {1000 * seconds:.2f} | {seconds / parts:.1f} |")
    return 0 if whole / parts <= REQUIRED else 1


def _frame() -> Image:
    face = cv2.imread(str(portrait("grace_hopper")))
    if face is None:
        raise SystemExit("cannot read the portrait")
    canvas = np.full((480, 640, 3), 120, np.uint8)
    canvas[:, 115:525] = cv2.resize(face, (410, 480), interpolation=cv2.INTER_AREA)
    return canvas


def _network(content: bytes, threads: int) -> Network:
    return open_network(content, label="bench", runtime="litert", threads=threads)


def _bare(detector: Network, embedder: Network, frame: Image) -> Callable[[], object]:
    """Both networks on ready tensors of the frame's pixels, for zeros run faster."""
    seen, face = (_tensor(frame, network.input_shape) for network in (detector, embedder))
    return lambda: (detector.run(seen), embedder.run(face))


def _tensor(frame: Image, shape: tuple[int, ...]) -> Tensor:
    side = shape[1]
    small = cv2.resize(frame[:, 80:560], (side, side), interpolation=cv2.INTER_AREA)
    return ((small[None, :, :, ::-1] - np.float32(127.5)) / np.float32(128)).astype(np.float32)


def _pipeline(built: Model, frame: Image) -> Callable[[], object]:
    """One look at a frame, as `daemon.watch` takes it, without door and events."""
    recognizer = built.recognizer
    vectors = np.random.default_rng(0).normal(size=(PEOPLE, built.manifest.dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gallery = Gallery(
        recognizer.model_id,
        built.name,
        recognizer.detector.name,
        tuple(Person(f"p{index}", f"p{index}") for index in range(PEOPLE)),
        vectors.astype(np.float32),
        np.ones(PEOPLE, np.float32),
        np.arange(PEOPLE, dtype=np.intp),
        np.ones(PEOPLE, np.int64),
    )
    threshold = built.manifest.thresholds["cosine"]
    attendance = Attendance(Rules(Metric.COSINE, threshold, 3, 5, Seconds(1.5)), Seconds(2), str)

    def look() -> object:
        return attendance.update(recognizer.see(frame), Instant(time.monotonic()), gallery)

    return look


def _interleaved(*works: Callable[[], object]) -> tuple[float, ...]:
    """Median seconds of each work, after a warm-up, in turns."""
    times: list[list[float]] = [[] for _ in works]
    for turn in range(ROUNDS + 10):
        for work, taken in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            if turn >= 10:  # noqa: PLR2004 - the first rounds warm caches and threads
                taken.append(time.perf_counter() - began)
    return tuple(statistics.median(taken) for taken in times)


def _rivals(frame: Image) -> list[tuple[str, float]]:
    rivals = []
    if importlib.util.find_spec("face_recognition"):
        rivals.append(("face_recognition, HOG and descriptor", _face_recognition(frame)))
    if importlib.util.find_spec("deepface"):
        rivals.append(("DeepFace.represent, Facenet512, opencv detector", _deepface(frame)))
    return rivals


def _face_recognition(frame: Image) -> float:
    rival = importlib.import_module("face_recognition")
    rgb = np.ascontiguousarray(frame[:, :, ::-1])
    return _median(lambda: rival.face_encodings(rgb))


def _deepface(frame: Image) -> float:
    rival = importlib.import_module("deepface.DeepFace")
    return _median(
        lambda: rival.represent(frame, model_name="Facenet512", detector_backend="opencv")
    )


def _median(work: Callable[[], object]) -> float:
    return _interleaved(work)[0]


if __name__ == "__main__":
    raise SystemExit(main())
