"""A door that knows Eileen: photos, gallery, a short video of her visit, and its settings."""

import json
from pathlib import Path

import cv2
from support.portraits import EILEEN, Visitor, picture, scene
from support.seeing import recognizer

from faceidd.camera.frame import Image
from faceidd.enroll.folder import enroll_folder
from faceidd.gallery.file import save_gallery

Settings = dict[str, dict[str, object]]

PERSON = "Eileen"
FRAMES = 10
"""Length of the video."""


def visit() -> Image:
    """A frame in which Eileen stands before the door."""
    return scene(Visitor(EILEEN, 180, (320, 240)))


def jpeg(image: Image) -> bytes:
    """An image as a JPEG file."""
    return cv2.imencode(".jpg", image)[1].tobytes()


def furnish(folder: Path, models: Path) -> Settings:
    """Make the door's files in a folder; its pins are simulated, its pulses short."""
    photos = folder / "photos" / PERSON
    photos.mkdir(parents=True)
    cv2.imwrite(str(photos / "1.png"), picture(EILEEN))
    gallery = folder / "gallery.safetensors"
    enrolled = enroll_folder(photos.parent, recognizer(models), "facenet int8")
    save_gallery(enrolled.gallery, gallery)
    video = folder / "visit.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 20, (640, 480))
    frame = visit()
    for _ in range(FRAMES):
        writer.write(frame)
    writer.release()
    return {
        "door": {"pin_factory": "simulated", "pulse_s": 0.2},
        "camera": {"source": str(video), "pace": "as_fast_as_possible"},
        "models": {"dir": str(models)},
        "gallery": {"file": str(gallery)},
        "policy": {"state_dir": str(folder / "state")},
    }


def write(settings: Settings, folder: Path) -> Path:
    """Write the settings as a configuration file; JSON is YAML."""
    file = folder / "faceidd.yaml"
    file.write_text(json.dumps(settings) + "\n")
    return file
