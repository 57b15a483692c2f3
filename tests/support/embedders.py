"""Enrolling and matching with any pack, by the command line and the daemon's own parts."""

from pathlib import Path

from support.photo_files import alone, write
from support.portraits import EILEEN, GRACE

from faceidd.cli.main import main
from faceidd.daemon.config import Config
from faceidd.daemon.recognition import Model, build_model
from faceidd.gallery.file import load_gallery
from faceidd.gallery.matcher import Match, Matcher
from faceidd.gallery.scale import Scale
from faceidd.models.portraits import PortraitName

PEOPLE: dict[str, PortraitName] = {"Collins": EILEEN, "Hopper": GRACE}


def with_detectors(models: Path, packs: Path) -> Path:
    """Put the packs that every embedder needs beside it into a folder, from the built ones."""
    packs.mkdir(exist_ok=True)
    for name in ("blazeface", "mtcnn"):
        (packs / name).symlink_to(models / name)
    return packs


def model_of(packs: Path, embedder: str, variant: str = "float32") -> Model:
    """The daemon's recognizer around an embedder's pack."""
    models = {"dir": str(packs), "embedder": embedder, "variant": variant, "threads": 2}
    return build_model(Config.model_validate({"models": models, "detector": {"min_face_px": 65}}))


def enroll(packs: Path, embedder: str, folder: Path, variant: str = "float32") -> Path:
    """Enroll the two portraits by the command line; return the gallery's file."""
    for name, who in PEOPLE.items():
        write(folder / "photos" / f"{name}1.png", alone(who, 150))
    (folder / "door.yaml").write_text(
        f"models: {{dir: '{packs}', embedder: {embedder}, variant: {variant}}}\n"
    )
    gallery = folder / "door.gallery"
    words = [str(folder / "photos"), "--config", str(folder / "door.yaml")]
    assert main(["enroll", "folder", *words, "--gallery", str(gallery)]) == 0
    return gallery


def matches(model: Model, gallery: Path) -> dict[str, Match]:
    """Whom the gallery finds in another picture of each of them."""
    matcher = Matcher(load_gallery(gallery), Scale())
    found = {}
    for name, who in PEOPLE.items():
        (seen,) = model.recognizer.see(alone(who, 190)).faces
        match = matcher.match(seen.embedding)
        assert match is not None
        found[name] = match
    return found
