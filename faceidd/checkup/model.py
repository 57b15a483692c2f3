"""Checks of the model: are its files and answers the known ones, how long does a look take?

Beside a running daemon no second model is loaded: a small board has no room for two. Then its files
are verified, and the daemon's metrics say how long its looks take.
"""

import os
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.checkup.look import STAGES, time_look
from faceidd.clock import monotonic
from faceidd.daemon.config import Config
from faceidd.daemon.following import embedder_place
from faceidd.daemon.recognition import Model, build_model
from faceidd.daemon.self_test import PROVEN, prove_networks
from faceidd.daemon.status import Reading
from faceidd.errors import ModelError
from faceidd.models.pack import load_detector, load_embedder

HASTE = 0.5
"""More than this share of `access.max_age_s` for all frames of a decision leaves little room."""
MOST_THREADS = 16
"""What `models.threads` allows."""
RUNTIMES = {"litert": "ai-edge-litert", "tflite-runtime": "tflite-runtime"}


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
        yield Check.skipped("model.runtime", told, one.to_be_told)
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
        took = time_look(model.recognizer)
    except ModelError as error:
        yield Check.fault(name, error)
        return
    yield _answers(config, model)
    figures: dict[str, Figure] = {
        "runtime": model.runtime,
        "load_ms": round(1000 * loaded),
        **{f"{stage}_ms": round(1000 * seconds, 1) for stage, seconds in took.items()},
    }
    yield _judged(config, sum(took.values()), figures)


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
    mend = _quicker(models.threads)
    if decision > access.max_age_s:
        late = f"{told}: {access.min_frames} of them take longer than evidence counts"
        return Check.fail(name, f"{late} (access.max_age_s)", mend, **figures)
    if decision > HASTE * access.max_age_s:
        slow = f"{told}: {access.min_frames} of them take {decision:.1f} s"
        return Check.warn(name, slow, mend, **figures)
    return Check.ok(name, told, **figures)


def _quicker(threads: int) -> str:
    cores = min(len(os.sched_getaffinity(0)), MOST_THREADS)
    more = f"set models.threads to {cores}, or " if threads < cores else ""
    return f"{more}run a lighter pack or variant: docs/budget.md, docs/speed.md"


def _installed(config: Config) -> str:
    package = RUNTIMES[config.models.runtime]
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return config.models.runtime
