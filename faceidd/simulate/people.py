"""People of a scenario: their portraits, and the gallery that knows them."""

import shutil
from pathlib import Path

import cv2
import numpy as np

from faceidd.daemon.recognition import Model
from faceidd.enroll.folder import enroll_folder
from faceidd.errors import EnrollmentError
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.gallery import Gallery
from faceidd.models.portraits import PortraitName, portrait
from faceidd.simulate.approach import Portrait
from faceidd.simulate.scenario import Scenario


def find_portrait(name: PortraitName, recognizer: Recognizer) -> Portrait:
    """Read a portrait, and find the face in it.

    Args:
        name: Which one.
        recognizer: Sees faces of 100 px.

    Raises:
        EnrollmentError: It is no image.
        ModelError: It cannot be fetched.
    """
    image = cv2.imread(str(portrait(name)))
    if image is None:
        raise EnrollmentError(f"the portrait {name} is no image", do="run this again")
    pixels = image.astype(np.uint8, copy=False)
    face = recognizer.detector.detect(pixels)[0].box
    return Portrait(pixels, (round(face.x), round(face.y), round(face.width)))


def enroll(
    scenario: Scenario, portraits: dict[str, Portrait], model: Model, folder: Path
) -> Gallery:
    """Enroll everybody of a scenario who ever is in the gallery.

    Args:
        scenario: The people.
        portraits: Those of them who walk.
        model: The door's, which sees the faces of photos.
        folder: An empty one, for the photos.

    Raises:
        EnrollmentError: Photos cannot be used.
    """
    added = {fault.who for fault in scenario.faults if fault.what == "gallery with"}
    for name, person in scenario.people.items():
        if not (person.enrolled or name in added):
            continue
        if person.photos is not None:
            shutil.copytree(person.photos, folder / name)
        elif name in portraits:
            (folder / name).mkdir(parents=True)
            cv2.imwrite(str(folder / name / "1.png"), portraits[name].image)
    return enroll_folder(folder, model.recognizer, model.name).gallery
