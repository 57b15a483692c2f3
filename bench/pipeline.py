"""What the daemon costs a frame with a face, beside its detector and embedder, in one run.

Three works take turns, so that all see the same machine: the two networks alone on ready tensors;
the bare calls of detector, refiner and embedder (`detect`, `refine`, and `embed` of a crop that is
ready); and the
daemon's whole look at a frame, from the camera's pixels to the decision and the door, with its
refinement, quality gate and normalized scores. DeepFace and
face_recognition are measured on the same frame where they are installed.
"""

import importlib.util
import statistics
import time

import cv2
import numpy as np

from bench.look import PEOPLE, STRANGERS, Work, look, picture
from bench.setup import model, options
from faceidd.camera.frame import Image
from faceidd.daemon.recognition import Model
from faceidd.door.door import Door
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings, open_relay
from faceidd.face.alignment import align
from faceidd.models.pack import load_detector, load_embedder
from faceidd.models.runtime import Network, Tensor, open_network
from faceidd.units import Seconds

ROUNDS = 200
REQUIRED = 1.15


def main() -> int:
    """Print the table; return 1 if a look costs more than `REQUIRED` times the bare calls."""
    arguments = options(__doc__ or "").parse_args()
    built = model(arguments, min_face_px=130)
    frame = picture()
    if len(built.recognizer.see(frame).faces) != 1:
        raise SystemExit("the frame does not show exactly one face")
    detector = _network(load_detector(arguments.models, "blazeface").read("short_range"), 1)
    embedder = _network(
        load_embedder(arguments.models, "facenet").read(arguments.variant), arguments.threads
    )
    relay = open_relay(RelaySettings("GPIO17", active_high=True, pin_factory="simulated"))
    door = Door(relay, PulseRules(Seconds(3)), lambda _: None)
    networks, calls, whole = _interleaved(
        _networks(detector, embedder, frame), _calls(built, frame), look(built, door, frame)
    )
    door.close()
    print(
        f"640 x 480 frame with one face, gallery of {PEOPLE}, cohort of {STRANGERS},"
        f" medians of {ROUNDS} rounds\n"
    )
    print("| what | ms | to the networks | to the calls |")
    print("|---|---|---|---|")
    rows = [
        ("the two networks alone", networks),
        ("detector, refiner and embedder, bare calls", calls),
        ("faceidd, frame to decision", whole),
        *_rivals(frame),
    ]
    for name, seconds in rows:
        print(
            f"| {name} | {1000 * seconds:.2f} | {seconds / networks:.3f} | {seconds / calls:.3f} |"
        )
    return 0 if whole / calls <= REQUIRED else 1


def _network(content: bytes, threads: int) -> Network:
    return open_network(content, label="bench", runtime="litert", threads=threads)


def _networks(detector: Network, embedder: Network, frame: Image) -> Work:
    """Both networks on ready tensors of the frame's pixels, for zeros run faster."""
    seen, face = (_tensor(frame, network.input_shape) for network in (detector, embedder))
    return lambda: (detector.run(seen), embedder.run(face))


def _tensor(frame: Image, shape: tuple[int, ...]) -> Tensor:
    side = shape[1]
    small = cv2.resize(frame[:, 80:560], (side, side), interpolation=cv2.INTER_AREA)
    return ((small[None, :, :, ::-1] - np.float32(127.5)) / np.float32(128)).astype(np.float32)


def _calls(built: Model, frame: Image) -> Work:
    recognizer = built.recognizer
    detector, refiner, embedder = recognizer.detector, recognizer.refiner, recognizer.embedder
    face = align(frame, recognizer.find(frame)[0].face, recognizer.rule, embedder.input_px)
    return lambda: (refiner.refine(frame, detector.detect(frame)), embedder.embed(face))


def _interleaved(*works: Work) -> tuple[float, ...]:
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


def _median(work: Work) -> float:
    return _interleaved(work)[0]


if __name__ == "__main__":
    raise SystemExit(main())
