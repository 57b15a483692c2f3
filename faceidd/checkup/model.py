"""Checks of the model: are its files and answers the known ones, how long does a look take?

Beside a running daemon no second model is loaded: a small board has no room for two. Then its files
are verified, and the daemon's metrics say how long its looks take.
"""

import statistics
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

import cv2
import numpy as np

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.clock import monotonic
from faceidd.daemon.config import Config
from faceidd.daemon.following import embedder_place
from faceidd.daemon.recognition import Model, build_model
from faceidd.daemon.self_test import PROVEN, prove_networks
from faceidd.daemon.status import Reading
from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.models.pack import load_detector, load_embedder

LOOKS = 5
"""Runs that the middle is taken of, after one that warms up."""
PICTURE = (480, 640, 3)
HASTE = 0.5
"""More than this share of `access.max_age_s` for all frames of a decision leaves little room."""
RUNTIMES = {"litert": "ai-edge-litert", "tflite-runtime": "tflite-runtime"}
STAGES = ("detect", "refine", "quality", "align", "embed")


def check_model(one: Installation) -> Iterator[Check]:
    """Verify the packs that the door runs, then load them, prove their answers and time a look."""
    config = one.config
    try:
        verified = _verify(config)
    except ModelError as error:
        yield Check.fault("model", error)
        return
    yield Check.ok("model", f"verified: {', '.join(verified)}", **verified)
    if one.samples is not None:
        yield _timed_by_daemon(config, Reading(one.samples))
    elif one.daemon_runs:
        told = "the running daemon has it; a second one might find no memory"
        mend = "let the daemon serve metrics (metrics.listen), or stop it for this check"
        yield Check.skipped("model.runtime", told, mend)
    else:
        yield from _tried(config)


def _verify(config: Config) -> dict[str, Figure]:
    """Hold each file that the door runs against its pack's manifest: what was verified -> digest.

    Raises:
        ModelError: One is missing or changed.
    """
    place = embedder_place(config)
    embedder = load_embedder(place.folder, place.pack)
    embedder.read(place.variant)
    verified: dict[str, Figure] = {
        f"{place.pack} {place.variant}": embedder.manifest.model_id(place.variant)
    }
    names = {"mtcnn"} | ({"blazeface"} if config.detector.name == "blazeface" else set())
    for name in sorted(names):
        pack = load_detector(config.models.dir, name)
        pack.verify()
        verified[name] = ", ".join(entry.sha256[:12] for entry in pack.manifest.files.values())
    return verified


def _tried(config: Config) -> Iterator[Check]:
    """Load the networks, hold them to the daemon's self-test, and time them."""
    name = "model.runtime"
    began = monotonic()
    try:
        model = build_model(config)
        loaded = monotonic() - began
        detect, embed = _times(model)
    except ModelError as error:
        yield Check.fault(name, error)
        return
    yield _answers(config, model)
    figures: dict[str, Figure] = {
        "runtime": model.runtime,
        "load_ms": round(1000 * loaded),
        "detect_ms": round(1000 * detect, 1),
        "embed_ms": round(1000 * embed, 1),
    }
    yield _judged(config, detect + embed, figures)


def _answers(config: Config, model: Model) -> Check:
    name = "model.answers"
    try:
        prove_networks(config, model)
    except ModelError as error:
        return Check.fault(name, error)
    unproven = list(_unproven(config, model))
    if unproven:
        return Check.warn(name, *("; ".join(texts) for texts in zip(*unproven, strict=True)))
    return Check.ok(name, "a drawn face is found, and what is said of it is what was written down")


def _unproven(config: Config, model: Model) -> Iterator[tuple[str, str]]:
    """What no known answer speaks of, and what mends it."""
    detector, pack = config.detector.name, model.manifest.name
    if detector not in PROVEN:
        yield (
            f"whether {detector} finds faces is not proven: it may miss a drawn one",
            "stand before the door and see that it tells of you, or set detector.name to blazeface",
        )
    if model.variant not in model.manifest.answers:
        yield (
            f"pack {pack} has no known answer to hold its embedding of a drawn face against",
            f"build it anew: faceidd model build {pack}",
        )


def _times(model: Model) -> tuple[float, float]:
    """Seconds to search a picture for faces, and to embed one face."""
    chance = np.random.default_rng(0)
    picture = cv2.GaussianBlur(chance.integers(0, 256, PICTURE, np.uint8), (0, 0), 3)
    image = np.asarray(picture, dtype=np.uint8)
    side = model.manifest.input_px
    face = AlignedFace(chance.integers(0, 256, (side, side, 3), np.uint8))
    one = model.recognizer
    return _middle(lambda: one.detector.detect(image)), _middle(lambda: one.embedder.embed(face))


def _middle(work: Callable[[], object]) -> float:
    took = []
    for _ in range(1 + LOOKS):
        began = monotonic()
        work()
        took.append(monotonic() - began)
    return statistics.median(took[1:])


def _timed_by_daemon(config: Config, one: Reading) -> Check:
    figures: dict[str, Figure] = {"runtime": _installed(config)}
    whole = 0.0
    for stage in STAGES:
        runs = one.value("stage_seconds_count", stage=stage)
        if runs:
            mean = (one.value("stage_seconds_sum", stage=stage) or 0.0) / runs
            figures[f"{stage}_ms"] = round(1000 * mean, 1)
            whole += mean
    if "detect_ms" not in figures:
        return Check.ok("model.runtime", f"{figures['runtime']}, no look yet", **figures)
    return _judged(config, whole, figures, ", by the running daemon")


def _judged(config: Config, look: float, figures: dict[str, Figure], by: str = "") -> Check:
    """Say whether so long a look lets a visitor pass in time."""
    name, access, models = "model.runtime", config.access, config.models
    figures |= {"threads": models.threads, "look_ms": round(1000 * look, 1)}
    told = f"{figures['runtime']}, {models.threads} threads, a look takes {1000 * look:.0f} ms{by}"
    if config.camera.fps is not None:
        told += f" (a frame comes every {1000 / config.camera.fps:.0f} ms)"
    decision = access.min_frames * look
    mend = "run a lighter pack or variant (docs/speed.md), or lower access.min_frames"
    if decision > access.max_age_s:
        late = f"{told}: {access.min_frames} of them take longer than evidence counts"
        return Check.fail(name, f"{late} (access.max_age_s)", mend, **figures)
    if decision > HASTE * access.max_age_s:
        slow = f"{told}: {access.min_frames} of them take {decision:.1f} s"
        return Check.warn(name, slow, mend, **figures)
    return Check.ok(name, told, **figures)


def _installed(config: Config) -> str:
    package = RUNTIMES[config.models.runtime]
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return config.models.runtime
