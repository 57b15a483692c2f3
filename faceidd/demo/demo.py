"""The demo: the real daemon, a real broker and a real subscriber before a generated approach."""

import contextlib
import threading
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from faceidd.clock import monotonic
from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.recognition import build_model
from faceidd.daemon.watch import Look
from faceidd.demo.approach import approach
from faceidd.demo.picture import write_video
from faceidd.demo.report import Evening
from faceidd.demo.subscriber import Heard, Subscriber
from faceidd.door.simulated import SimulatedRelay
from faceidd.enroll.folder import enroll_folder
from faceidd.errors import FaceiddError, ModelError
from faceidd.events.embedded import EmbeddedBroker
from faceidd.gallery.file import save_gallery
from faceidd.models.build import BUILDERS
from faceidd.models.pack import load_pack
from faceidd.models.portraits import PortraitName
from faceidd.models.sources import Sources
from faceidd.simulate.kept_in import kept_in
from faceidd.simulate.people import find_portrait

ENROLLED: PortraitName = "eileen_collins"
STRANGER: PortraitName = "grace_hopper"
NAME = "Eileen Collins"
PACKS = ("blazeface", "mtcnn", "facenet")
"""What the demo's door runs."""
DOOR = "demo"
PULSE_S = 2.0
PHOTO_FACE_PX = 90
"""The enrolled portrait's face is about 100 px wide."""


def prepare(folder: Path, models: Path) -> Config:
    """Build the missing packs, draw the video, enroll the portrait.

    Args:
        folder: Where everything the demo makes goes.
        models: Folder of model packs.

    Returns:
        The configuration of the demo's door, as yet without a broker.

    Raises:
        FaceiddError: The broker is not installed, a pack cannot be built, or a file cannot be
            written.
    """
    EmbeddedBroker().close()  # if there is none, that is told before the work and not after it
    photos = folder / "photos" / NAME
    photos.mkdir(parents=True, exist_ok=True)
    for name in PACKS:
        try:
            load_pack(models, name).verify()
        except ModelError as error:
            print(f"building model pack {name}: {error.what}")
            BUILDERS[name](models, Sources())
    config = configuration(folder, models)
    detector = config.detector.model_copy(update={"min_face_px": PHOTO_FACE_PX})
    model = build_model(config.model_copy(update={"detector": detector}))
    people = [find_portrait(name, model.recognizer) for name in (ENROLLED, STRANGER)]
    cv2.imwrite(str(photos / "1.png"), people[0].image)
    save_gallery(
        enroll_folder(photos.parent, model.recognizer, model.name).gallery, config.gallery.file
    )
    write_video(approach(people[0], people[1]), folder / "approach.mp4")
    return config


def configuration(folder: Path, models: Path) -> Config:
    """The demo's door, as yet without a broker; it has nothing outside of these folders.

    Args:
        folder: Where everything the demo makes goes.
        models: Folder of model packs.
    """
    return Config.model_validate(
        {
            "door": {"id": DOOR, "pin_factory": "simulated", "pulse_s": PULSE_S},
            "camera": {"source": str(folder / "approach.mp4")},
            **kept_in(folder, models),
        }
    )


def play(config: Config) -> Evening:
    """Run the daemon until the video ends, with a subscriber printing what it receives.

    Raises:
        FaceiddError: Something could not be started, or the door failed.
    """
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(EmbeddedBroker())
        began = monotonic()
        heard: list[Heard] = []

        def hear(event: Heard) -> None:
            heard.append(event)
            print(f"{event.at - began:6.2f} s  {event.text}", flush=True)

        subscriber = stack.enter_context(Subscriber(broker.host, broker.port, DOOR, hear))
        mqtt = config.mqtt.model_copy(update={"host": broker.host, "port": broker.port})
        looks: list[Look] = []
        with Daemon(config.model_copy(update={"mqtt": mqtt})) as daemon:
            subscriber.wait_online()
            relay = daemon.relay
            if not isinstance(relay, SimulatedRelay):
                raise FaceiddError("the demo's relay is real", do="report this as a bug")
            daemon.run(threading.Event(), lambda look: looks.append(_without_image(look)))
        subscriber.wait_offline()
    return Evening(tuple(looks), relay.history, tuple(heard))


def _without_image(look: Look) -> Look:
    """A look to keep: hundreds of frames do not fit into a small board's memory."""
    return replace(look, frame=replace(look.frame, image=np.zeros((0, 0, 3), np.uint8)))
