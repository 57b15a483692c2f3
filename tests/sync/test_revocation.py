"""A gallery of nobody is of the model that the daemon runs, as far as anybody knows it."""

from pathlib import Path

import pytest
from support.synced_door import RUNS, people

from faceidd.errors import ModelError
from faceidd.gallery.file import load_gallery, save_gallery
from faceidd.sync.place import GalleryPlace
from faceidd.sync.revocation import UNKNOWN, revoked
from faceidd.sync.status import Held
from faceidd.sync.trial import DoorModel

OTHER = "e" * 64
HELD = Held(
    edition="0" * 16,
    version=7,
    published_at=None,
    model_id=OTHER,
    model_name="other int8",
    sha256="a" * 64,
    stamp=(1, 2, 3),
)


def no_model() -> DoorModel:
    raise ModelError("the pack is gone", do="copy it")


def test_what_lies_there_says_it_first(tmp_path: Path) -> None:
    place = GalleryPlace(tmp_path / "gallery")
    save_gallery(people(2, 9), place.file)
    left = revoked(place, HELD, no_model)
    assert (left.model_id, left.version, left.edition) == (RUNS.id, 9, None)
    assert load_gallery(place.file).people == ()
    assert revoked(place, left, no_model) is left


@pytest.mark.parametrize(
    ("model", "detector"), [(lambda: RUNS, RUNS.detector), (no_model, UNKNOWN)], ids=range(2)
)
def test_then_what_the_newest_sync_left(tmp_path: Path, model: object, detector: str) -> None:
    assert callable(model)
    place = GalleryPlace(tmp_path / "gallery")
    left = revoked(place, HELD, model)
    assert (left.model_id, left.version) == (OTHER, 7)
    assert load_gallery(place.file).detector == detector


def test_then_what_the_door_runs(tmp_path: Path) -> None:
    place = GalleryPlace(tmp_path / "gallery")
    assert revoked(place, None, lambda: RUNS).model_id == RUNS.id
    with pytest.raises(ModelError):
        revoked(GalleryPlace(tmp_path / "other"), None, no_model)
