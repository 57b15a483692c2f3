"""Simulation: one scenario before the real daemon, from its script to its service levels.

Daemon, capture process, pipeline, policy, door, outbox and broker are the real ones. The camera's
driver and the pins are simulated, and time passes faster than it does.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faceidd.clock import RealTime, pass_as
from faceidd.daemon.build import camera_settings
from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.recognition import build_model
from faceidd.door.simulated import SimulatedRelay
from faceidd.errors import FaceiddError
from faceidd.gallery.file import load_gallery, save_gallery
from faceidd.simulate.capture import PAGE, REEL, program
from faceidd.simulate.clips import make_reel
from faceidd.simulate.course import CourseWriter, SharedCourse
from faceidd.simulate.director import Director
from faceidd.simulate.holding_camera import HoldingCamera
from faceidd.simulate.kept_in import kept_in
from faceidd.simulate.ledger import Ledger, Visit
from faceidd.simulate.levels import ServiceLevels, quantile
from faceidd.simulate.listener import Listener
from faceidd.simulate.mishaps import Mishaps
from faceidd.simulate.people import enroll, find_portrait
from faceidd.simulate.reel import Reel
from faceidd.simulate.scenario import FaultScript, Scenario
from faceidd.simulate.slope import fit
from faceidd.simulate.wire import HOST

DOOR = "front"
EVERYBODY = "everybody.safetensors"
"""The gallery of all who ever are enrolled."""
PHOTO_FACE_PX = 90
"""A portrait's face is about 100 px wide."""
VISIT_EVENTS = ("person_recognized", "stranger_seen", "access_denied", "face_rejected")
WARM_UP = 0.2
"""Part of the samples of memory that is left out: what is used for the first time."""
LEAST_S = 240.0
"""Of the scenario; what a shorter one says of memory is chance."""
PATIENCE_S = 10.0
"""Real seconds for the door to come online, and to tell its last."""


def prepare(scenario: Scenario, folder: Path, models: Path) -> None:
    """Draw all that a scenario shows, and enroll its people.

    Args:
        scenario: The script.
        folder: An empty one, for all that it makes.
        models: Folder of model packs.

    Raises:
        FaceiddError: Something cannot be drawn, read or enrolled.
    """
    config = _config(scenario, folder, models)
    detector = config.detector.model_copy(update={"min_face_px": PHOTO_FACE_PX})
    model = build_model(config.model_copy(update={"detector": detector}))
    portraits = {
        name: find_portrait(person.portrait, model.recognizer)
        for name, person in scenario.people.items()
        if person.portrait is not None
    }
    make_reel(scenario, portraits, folder).save(folder / REEL)
    save_gallery(enroll(scenario, portraits, model, folder / "photos"), folder / EVERYBODY)


def play(scenario: Scenario, folder: Path, models: Path) -> ServiceLevels:
    """Run a scenario that was prepared; one at a time in a process, for all its clocks go by it.

    Args:
        scenario: The script.
        folder: The one it was prepared in.
        models: Folder of model packs.

    Raises:
        FaceiddError: Something could not be started, or the door failed.
    """
    config = _config(scenario, folder, models)
    with _passing(folder, scenario.haste) as (course, writer):
        mishaps = Mishaps(
            scenario,
            load_gallery(folder / EVERYBODY),
            config.gallery.file,
            course=course,
            writer=writer,
        )
        with mishaps:
            return _play(Stage(scenario, folder, config, mishaps, course, writer))


@dataclass(frozen=True, slots=True)
class Stage:
    """All that a scenario plays with.

    Attributes:
        scenario: The script.
        folder: Where everything lies.
        config: The door's, without a broker.
        mishaps: The world around it.
        course: Reads how time passes.
        writer: Says how it passes.
    """

    scenario: Scenario
    folder: Path
    config: Config
    mishaps: Mishaps
    course: SharedCourse
    writer: CourseWriter


@contextlib.contextmanager
def _passing(folder: Path, haste: float) -> Iterator[tuple[SharedCourse, CourseWriter]]:
    """Let time pass in haste."""
    with contextlib.closing(CourseWriter(folder / PAGE, haste)) as writer:
        course = SharedCourse(folder / PAGE, haste)
        pass_as(course)
        try:
            yield course, writer
        finally:
            pass_as(RealTime())


def _config(scenario: Scenario, folder: Path, models: Path) -> Config:
    given = scenario.model_dump(include={"access", "camera", "detector", "events"})
    camera = {**given["camera"], "source": 0}
    kept = kept_in(folder, models)
    policy = {**kept["policy"], "file": None if scenario.policy is None else str(scenario.policy)}
    return Config.model_validate(
        {
            **given,
            "camera": camera,
            "door": {"id": DOOR, "pin_factory": "simulated", "pulse_s": scenario.pulse_s},
            **kept,
            "policy": policy,
        }
    )


def _play(stage: Stage) -> ServiceLevels:
    course, writer, mishaps = stage.course, stage.writer, stage.mishaps
    reel, stop = Reel.load(stage.folder / REEL), threading.Event()
    length = reel.length * stage.scenario.repeat
    acts = list(mishaps.acts())
    director = Director(acts, reel, length, course=course, writer=writer, stop=stop)
    mqtt = stage.config.mqtt.model_copy(update={"host": HOST, "port": mishaps.wire.port})
    config = stage.config.model_copy(update={"mqtt": mqtt})
    listener = Listener(mishaps.broker_port, mqtt.prefix, DOOR, lambda: course.scenario_s)
    capture = program(stage.folder, stage.scenario.haste)
    camera = HoldingCamera(camera_settings(config), capture, writer)
    with listener:
        with Daemon(config, camera=camera) as daemon:
            ledger = _ledger(stage, reel, daemon)
            _await(lambda: bool(listener.online_at))
            thread = director.start(camera)
            try:
                ledger.follow(lambda note: daemon.run(stop, note))
            finally:
                stop.set()
                thread.join()
            took, losses = time.monotonic() - director.began, camera.state.losses
        _await(lambda: listener.offline)
    if director.error is not None:
        raise director.error
    return _levels(stage, ledger, director, listener, took=took, losses=losses)


def _ledger(stage: Stage, reel: Reel, daemon: Daemon) -> Ledger:
    relay = daemon.relay
    if not isinstance(relay, SimulatedRelay):
        raise FaceiddError("the scenario's relay is real", do="report this as a bug")
    return Ledger(
        visits_of(stage.scenario, reel),
        lambda at: at - stage.course.origin,
        lambda: relay.history[-8:],
        stage.scenario.access.max_age_s,
    )


def visits_of(scenario: Scenario, reel: Reel) -> list[Visit]:
    """All visits of a scenario, in their order, and for whom the door is to open."""
    visits, begins = [], 0.0
    for _ in range(scenario.repeat):
        for shot in reel.shots:
            if shot.who is not None:
                known = shot.near_after is not None and is_known(scenario, shot.who, begins)
                near = None if shot.near_after is None else begins + shot.near_after
                opens = known if shot.opens is None else shot.opens
                visits.append(Visit(shot.who, begins, begins + shot.seconds, near, opens))
            begins += shot.seconds
    return visits


def is_known(scenario: Scenario, who: str, at: float) -> bool:
    """Whether the gallery holds a person at a moment of the scenario."""
    changes = sorted(
        (one for one in scenario.faults if one.who == who and one.at <= at), key=lambda one: one.at
    )
    return changes[-1].what == "gallery with" if changes else scenario.people[who].enrolled


def _levels(
    stage: Stage,
    ledger: Ledger,
    director: Director,
    listener: Listener,
    *,
    took: float,
    losses: int,
) -> ServiceLevels:
    visits, mishaps = ledger.visits, stage.mishaps
    waits = [
        visit.opened - visit.near
        for visit in visits
        if visit.opened is not None and visit.near is not None
    ]
    memory = director.memory[int(WARM_UP * len(director.memory)) :]
    long_enough = memory[-1:] and memory[-1][0] - memory[0][0] >= LEAST_S
    slope = fit([at / 3600 for at, _ in memory], [size / 1e6 for _, size in memory])
    news = sum(listener.events[kind] for kind in VISIT_EVENTS)
    faults = stage.scenario.faults
    lost = [one for one in faults if one.what in {"camera dies", "camera hangs"}]
    return ServiceLevels(
        scenario_s=director.ends,
        real_s=took,
        looks=ledger.looks,
        failed_looks=ledger.faults,
        visits=len(visits),
        to_open=sum(visit.opens for visit in visits),
        unlocks=len(ledger.unlocks),
        false_unlocks=sum(unlock.false for unlock in ledger.unlocks),
        missed_visits=sum(visit.missed for visit in visits),
        unlock_p50_s=quantile(waits, 0.5),
        unlock_p95_s=quantile(waits, 0.95),
        denials=ledger.denials + listener.events["access_denied"],
        events=dict(sorted(listener.events.items())),
        events_per_visit=news / len(visits) if visits else None,
        camera_losses=losses,
        camera_back_s=[_after(_end(one), director.seeing_at) for one in lost],
        broker_back_s=[_after(up, listener.online_at) for up in mishaps.broker_up],
        disk_back_s=[
            _after(_end(one), listener.durable_at) for one in faults if one.what == "disk full"
        ],
        rss_mb=memory[-1][1] / 1e6 if memory else 0.0,
        rss_mb_per_h=slope if long_enough else None,
    )


def _end(fault: FaultScript) -> float:
    return fault.at + (fault.lasts or 0.0)


def _after(moment: float, those: Sequence[float]) -> float | None:
    """How long after a moment the first of those was; None if there was none."""
    return min((one - moment for one in those if one >= moment), default=None)


def _await(holds: Callable[[], bool]) -> None:
    """Wait, for a bounded time, until something holds."""
    until = time.monotonic() + PATIENCE_S
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
