import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.calibrations import ELSEWHERE, calibration
from support.signed_repository import YESTERDAY, in_
from support.synced_door import SyncedDoor, people, synced_door

from faceidd.cli.main import main
from faceidd.face.quality_gate import QualityGate
from faceidd.gallery.file import load_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.key import make_key
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Normalization, Scale
from faceidd.models.pack import load_embedder
from faceidd.sync.refused import Reason


@pytest.fixture
def door(tmp_path: Path) -> Iterator[SyncedDoor]:
    with synced_door(tmp_path) as one:
        yield one


def settings(door: SyncedDoor, models: Path, **gallery: str) -> list[str]:
    """Write the door's configuration; the words that name it."""
    file = door.folder / "faceidd.yaml"
    text = {
        "models": {"dir": str(models)},
        "gallery": {"file": "gallery.safetensors", **gallery},
        "sync": {
            "trust": "trust.json",
            "key_file": "door.key",
            "state_dir": "sync",
            "tries": 1,
        },
    }
    file.write_text(json.dumps(text))
    return ["--config", str(file)]


def real(models: Path, version: int) -> Gallery:
    """A gallery of the model that a door runs by default."""
    model_id = load_embedder(models, "facenet").manifest.model_id("int8")
    return people(3, version, model_id=model_id)


def test_a_door_syncs_by_its_configuration(
    door: SyncedDoor, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = settings(door, models_dir)
    door.repository.edit(real(models_dir, 1), [door.recipient])
    door.repository.publish()
    assert main(["sync", *words]) == 0
    assert "taken whole: version 1 of edition" in capsys.readouterr().out
    assert main(["sync", *words]) == 0
    assert "nothing new" in capsys.readouterr().out
    door.repository.edit(real(models_dir, 2), [door.recipient])
    door.repository.publish()
    assert main(["sync", *words]) == 0
    assert "taken by a delta: version 2" in capsys.readouterr().out
    door.repository.revoke(door.recipient)
    door.repository.publish()
    assert main(["sync", *words]) == 0
    assert "this door is revoked" in capsys.readouterr().out
    assert door.known == 0


def test_what_is_encrypted_at_rest_stays_so(door: SyncedDoor, models_dir: Path) -> None:
    key = make_key(door.folder / "gallery.key")
    words = settings(door, models_dir, key_file="gallery.key")
    for version in (1, 2):
        door.repository.edit(real(models_dir, version), [door.recipient])
        door.repository.publish()
        assert main(["sync", *words]) == 0
        assert load_gallery(door.gallery, key).version == version
    assert b"Person 1" not in door.gallery.read_bytes()


def test_a_sync_without_the_gallerys_key_fails_also_when_nothing_is_new(
    door: SyncedDoor, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    door.repository.edit(real(models_dir, 1), [door.recipient])
    door.repository.publish()
    assert main(["sync", *settings(door, models_dir)]) == 0
    words = settings(door, models_dir, key_file="$CREDENTIALS_DIRECTORY/gallery-key")
    assert main(["sync", *words]) == 14
    assert "cannot read the gallery's key" in capsys.readouterr().err


def test_a_gallery_of_another_model_is_refused(
    door: SyncedDoor, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    door.publish(3, 1)
    assert main(["sync", *settings(door, models_dir)]) == 14
    assert "was made with facenet int8" in capsys.readouterr().err
    assert not door.gallery.exists()


@pytest.mark.parametrize(
    ("scale", "cut", "said"),
    [
        (Scale(Metric.ANGULAR, Normalization.S_NORM), "right", "is for angular, access.metric is"),
        (Scale(Metric.COSINE, Normalization.S_NORM), "otherwise", "does to faces"),
        (Scale(Metric.COSINE, Normalization.S_NORM), "right", "numbers, the gallery's 8"),
    ],
    ids=["metric", "seeing", "cohort"],
)
def test_what_the_daemon_would_refuse_does_not_take_the_place_of_what_works(
    door: SyncedDoor,
    models_dir: Path,
    capsys: pytest.CaptureFixture[str],
    scale: Scale,
    cut: str,
    said: str,
) -> None:
    words = settings(door, models_dir)
    manifest = load_embedder(models_dir, "facenet").manifest
    right = Seeing.of("blazeface", manifest.crop, QualityGate().limits)
    seeing = right if cut == "right" else ELSEWHERE
    own = real(models_dir, 1)
    fits = calibration(own.model_id, scale=Scale(), threshold=0.7, seeing=right)
    door.repository.edit(replace(own, calibration=fits), [door.recipient])
    door.repository.publish()
    assert main(["sync", *words]) == 0
    before = door.gallery.read_bytes()
    wrong = calibration(own.model_id, scale=scale, threshold=4.25, seeing=seeing)
    newer = replace(real(models_dir, 2), calibration=wrong)
    door.repository.edit(newer, [door.recipient])
    door.repository.publish()
    assert main(["sync", *words]) == 14
    assert said in capsys.readouterr().err
    assert door.status.failure is not None
    assert door.status.failure.reason is Reason.UNFIT
    assert door.gallery.read_bytes() == before


def test_why_nothing_was_taken_is_the_last_word(
    door: SyncedDoor, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    door.repository.roles["timestamp"].signed.expires = in_(YESTERDAY)
    door.repository.publish()
    assert main(["sync", *settings(door, models_dir)]) == 14
    assert capsys.readouterr().err.splitlines()[-1] == (
        "faceidd: the repository's metadata: timestamp.json is expired. Renew it: faceidd publish"
        " refresh; if it was renewed, the server withholds it."
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "trust.json").unlink(), "the trust file"),
        (lambda folder: (folder / "trust.json").write_text("{}"), "is no trust file"),
        (lambda folder: (folder / "door.key").unlink(), "the door's key"),
        (lambda folder: (folder / "door.key").write_text("key"), "does not hold one key"),
        (lambda folder: (folder / "door.key").chmod(0o644), "is open to others"),
        (lambda folder: (folder / "sync").write_text(""), "cannot be written"),
    ],
)
def test_a_door_that_is_not_set_up_is_told_what_is_missing(
    door: SyncedDoor, models_dir: Path, capsys: pytest.CaptureFixture[str], spoil: object, said: str
) -> None:
    assert callable(spoil)
    spoil(door.folder)
    assert main(["sync", *settings(door, models_dir)]) == 14
    assert said in capsys.readouterr().err


def test_another_trust_file_is_taken(door: SyncedDoor, models_dir: Path) -> None:
    words = settings(door, models_dir)
    (door.folder / "trust.json").rename(door.folder / "other.json")
    door.repository.edit(real(models_dir, 1), [door.recipient])
    door.repository.publish()
    assert main(["sync", *words, "--trust", str(door.folder / "other.json")]) == 0


def test_a_door_whose_clock_is_not_set_yet_does_not_sync(
    door: SyncedDoor, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = settings(door, models_dir)
    file = door.folder / "faceidd.yaml"
    text = json.loads(file.read_text()) | {"policy": {"clock_file": str(door.folder / "no")}}
    file.write_text(json.dumps(text))
    assert main(["sync", *words]) == 14
    assert "clock cannot be right yet" in capsys.readouterr().err
