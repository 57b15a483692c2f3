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
from collections.abc import Callable
from itertools import count

import cv2
import numpy as np

from bench.setup import model, options
from faceidd.access.attendance import Attendance, Outcome
from faceidd.access.decision import Rules
from faceidd.access.grant import Grants
from faceidd.access.policy import Policy
from faceidd.access.presence import Continuity
from faceidd.access.rejections import RejectionNews, Rejections
from faceidd.access.ruling import Ruling
from faceidd.camera.frame import Frame, Image
from faceidd.clock import monotonic, wall
from faceidd.daemon.door_state import DoorState
from faceidd.daemon.gate import Gate
from faceidd.daemon.recognition import Model
from faceidd.daemon.watch import Watch
from faceidd.door.door import Door
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings, open_relay
from faceidd.door.turnstile import Turnstile
from faceidd.face.alignment import align
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.metric import Metric, Values
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import Cohort
from faceidd.models.pack import load_detector, load_embedder
from faceidd.models.portraits import portrait
from faceidd.models.runtime import Network, Tensor, open_network
from faceidd.units import Instant, Seconds

ROUNDS = 200
REQUIRED = 1.15
PEOPLE = 100
STRANGERS = 1000
"""People in the cohort that scores are normalized by."""
Work = Callable[[], object]


def main() -> int:
    """Print the table; return 1 if a look costs more than `REQUIRED` times the bare calls."""
    arguments = options(__doc__ or "").parse_args()
    built = model(arguments, min_face_px=130)
    frame = _frame()
    if len(built.recognizer.see(frame).faces) != 1:
        raise SystemExit("the frame does not show exactly one face")
    detector = _network(load_detector(arguments.models, "blazeface").read("short_range"), 1)
    embedder = _network(
        load_embedder(arguments.models, "facenet").read(arguments.variant), arguments.threads
    )
    relay = open_relay(RelaySettings("GPIO17", active_high=True, pin_factory="simulated"))
    door = Door(relay, PulseRules(Seconds(3)), lambda _: None)
    networks, calls, look = _interleaved(
        _networks(detector, embedder, frame), _calls(built, frame), _look(built, door, frame)
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
        ("faceidd, frame to decision", look),
        *_rivals(frame),
    ]
    for name, seconds in rows:
        print(
            f"| {name} | {1000 * seconds:.2f} | {seconds / networks:.3f} | {seconds / calls:.3f} |"
        )
    return 0 if look / calls <= REQUIRED else 1


def _frame() -> Image:
    face = cv2.imread(str(portrait("grace_hopper")))
    if face is None:
        raise SystemExit("cannot read the portrait")
    canvas = np.full((480, 640, 3), 120, np.uint8)
    canvas[:, 115:525] = cv2.resize(face, (410, 480), interpolation=cv2.INTER_AREA)
    return canvas


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


def _look(built: Model, door: Door, frame: Image) -> Work:
    """The daemon's look at a frame of somebody whom it does not know."""
    rng = np.random.default_rng(0)
    model_id, dimension = built.recognizer.model_id, built.manifest.dimension
    gallery = Gallery(
        model_id,
        built.name,
        built.recognizer.detector.name,
        tuple(Person(f"p{index}", f"p{index}") for index in range(PEOPLE)),
        _directions(rng, PEOPLE, dimension),
        np.ones(PEOPLE, np.float32),
        np.arange(PEOPLE, dtype=np.intp),
        np.ones(PEOPLE, np.int64),
    )
    cohort = Cohort(
        model_id, _directions(rng, STRANGERS, dimension), np.ones(STRANGERS, np.float32)
    )
    scale = Scale(Metric.COSINE, Normalization.S_NORM)
    rules = Rules(scale, 4.0, 0.03, 3, 5, Seconds(1.5))
    continuity = Continuity.of_model(built.manifest.thresholds["cosine"])
    watch = Watch(
        recognizer=built.recognizer,
        matcher=Matcher(gallery, scale, cohort),
        attendance=Attendance(rules, continuity, Seconds(2), lambda: "visit"),
        rejections=Rejections(5, Seconds(2)),
        gate=Gate(
            door=door,
            turnstile=Turnstile(door, "front", "bench"),
            grants=Grants("front", "bench"),
            policy=Policy.open_to_everybody("front"),
            people={},
            state=DoorState(None, "front"),
            teller=_Nobody(),
            wall_clock=wall,
        ),
        teller=_Nobody(),
    )
    sequence = count()

    def look() -> object:
        door.check()
        return watch.look(Frame(frame, monotonic(), next(sequence)))

    return look


def _directions(rng: np.random.Generator, count: int, dimension: int) -> Values:
    vectors = rng.normal(size=(count, dimension))
    units: Values = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units


class _Nobody:
    """Who is told nothing."""

    def outcome(self, outcome: Outcome) -> None:
        """Ignore it."""

    def denied(self, visit: str, ruling: Ruling, at: Instant) -> None:
        """Somebody may not pass."""

    def duress(self, visit: str, person: str, sign: str, at: Instant) -> None:
        """Somebody is being forced."""

    def rejection(self, news: RejectionNews) -> None:
        """Ignore it."""


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
