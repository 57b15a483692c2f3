"""What a door asks its networks and pins before it is ready, and which answers it takes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.square_finder import square_finder

from faceidd.camera.frame import Image
from faceidd.daemon.answers import check_answers, write_answers
from faceidd.daemon.config import Config
from faceidd.daemon.recognition import Model, build_model
from faceidd.daemon.self_test import prove_networks, require_rest
from faceidd.door.relay import RelaySettings
from faceidd.door.simulated import SimulatedRelay
from faceidd.errors import DoorError, ModelError
from faceidd.face.blazeface import BlazeFace
from faceidd.face.detection import Box, Detection
from faceidd.face.drawn_face import PICTURE, drawn_face
from faceidd.face.known_answer import answer_of, check_answer
from faceidd.face.recognizer import FoundFace, Recognizer
from faceidd.face.refinement import Face, Refiner
from faceidd.face.tflite import TfliteEmbedder
from faceidd.models.pack import load_embedder
from faceidd.models.runtime import open_network


def config(models: Path, detector: str = "blazeface") -> Config:
    return Config.model_validate(
        {"models": {"dir": str(models)}, "detector": {"name": detector, "min_score": 1.0}}
    )


@pytest.fixture(scope="module")
def model(models_dir: Path) -> Model:
    """A door's model, its pack with a known answer."""
    built = build_model(config(models_dir))
    answer = answer_of(built.recognizer.embedder, built.manifest)
    return replace(built, manifest=built.manifest.model_copy(update={"answers": {"int8": answer}}))


@pytest.mark.parametrize("detector", ["blazeface", "haar", "mtcnn"])
def test_sound_networks_pass_whatever_the_door_asks_of_a_face(
    models_dir: Path, model: Model, detector: str
) -> None:
    prove_networks(config(models_dir, detector), model)


def test_a_pack_without_an_answer_passes_and_is_told(
    models_dir: Path, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    without = model.manifest.model_copy(update={"answers": {}})
    prove_networks(config(models_dir), replace(model, manifest=without))
    assert "facenet has no known answer" in caplog.text


@pytest.mark.parametrize("boxes", [(), ((40, 40, 184, 244),)], ids=["none", "elsewhere"])
def test_a_detector_that_finds_it_elsewhere_fails(
    models_dir: Path,
    model: Model,
    monkeypatch: pytest.MonkeyPatch,
    boxes: tuple[tuple[int, int, int, int], ...],
) -> None:
    def detect(_: BlazeFace, image: Image) -> tuple[Detection, ...]:
        return tuple(Detection(Box(*box), 0.9) for box in boxes if image.std() > 1)

    monkeypatch.setattr(BlazeFace, "detect", detect)
    with pytest.raises(ModelError, match="did not find the drawn face"):
        prove_networks(config(models_dir), model)


@pytest.fixture
def unproven(models_dir: Path, tmp_path: Path) -> Config:
    """A door whose detector finds squares, and so nothing in the drawn face's picture."""
    file = tmp_path / "squares.onnx"
    file.write_bytes(square_finder())
    detector = {"name": "yunet", "yunet_model": str(file)}
    return Config.model_validate({"models": {"dir": str(models_dir)}, "detector": detector})


def test_a_detector_that_nothing_is_known_of_is_told(
    model: Model, unproven: Config, caplog: pytest.LogCaptureFixture
) -> None:
    prove_networks(unproven, model)
    (told,) = [record for record in caplog.records if "yunet" in record.getMessage()]
    assert told.levelname == "WARNING"
    assert "nothing proves that it finds any: it finds ()" in told.getMessage()


@pytest.mark.parametrize("lost", ["face", "landmarks"])
def test_its_refiner_is_held_to_the_drawn_face_all_the_same(
    model: Model, unproven: Config, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    box, eye = drawn_face().box, (320.0, 240.0)
    found = Face(box, 1.0, (eye,) * 5, 0.0) if lost == "landmarks" else None
    monkeypatch.setattr(Refiner, "refine", lambda _, __, seen: (found,) * len(seen))
    with pytest.raises(ModelError, match="did not find the drawn face"):
        prove_networks(unproven, model)


def test_a_face_in_an_empty_picture_fails(
    models_dir: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = model.recognizer
    face = Face(drawn_face().box, 1.0, drawn_face().landmarks, 0.0)
    found = (FoundFace(face, one.gate.judge(drawn_face().image, face)),)
    monkeypatch.setattr(Recognizer, "find", lambda *_: found)
    with pytest.raises(ModelError, match="in an empty picture"):
        prove_networks(config(models_dir), model)


def test_weights_that_are_not_those_of_the_pack_give_themselves_away(
    models_dir: Path, model: Model
) -> None:
    pack = load_embedder(models_dir, "facenet")
    content = bytearray(pack.read("int8"))
    middle = len(content) // 2
    content[middle : middle + (1 << 18)] = bytes(1 << 18)  # one part in a hundred
    network = open_network(bytes(content), label="broken", runtime="litert", threads=1)
    broken = TfliteEmbedder(pack.manifest, "int8", network)
    with pytest.raises(ModelError, match="does not give the answer that is known: cosine"):
        check_answer(broken, model.manifest, "int8", drawn_face())


def test_a_picture_that_is_a_pixel_aside_is_another_answer(model: Model) -> None:
    drawn = drawn_face()
    aside = replace(drawn, image=np.roll(drawn.image, 6, axis=1))
    with pytest.raises(ModelError, match="is known: cosine 0"):
        check_answer(model.recognizer.embedder, model.manifest, "int8", aside)


def test_an_answer_about_another_picture_is_none(model: Model) -> None:
    old = model.manifest.answers["int8"].model_copy(update={"picture": "drawn-face/0"})
    manifest = model.manifest.model_copy(update={"answers": {"int8": old}})
    assert not check_answer(model.recognizer.embedder, manifest, "int8", drawn_face())
    assert check_answer(model.recognizer.embedder, model.manifest, "int8", drawn_face())


def test_answers_are_written_into_a_pack_and_asked_for_again(
    models_dir: Path, tmp_path: Path
) -> None:
    for name in ("mobilefacenet", "blazeface"):
        if not (models_dir / name).is_dir():
            pytest.skip(f"the pack {name} needs npm to be built")
        (tmp_path / name).mkdir()
        for file in (models_dir / name).iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
        write_answers(tmp_path, name)
        check_answers(tmp_path, name)
    pack = load_embedder(tmp_path, "mobilefacenet")
    answer = pack.manifest.answers["float32"]
    assert answer.picture == PICTURE
    wrong = answer.model_copy(update={"values": tuple(reversed(answer.values))})
    manifest = pack.manifest.model_copy(update={"answers": {"float32": wrong}})
    (tmp_path / "mobilefacenet" / "manifest.json").write_text(manifest.model_dump_json())
    with pytest.raises(ModelError, match="mobilefacenet float32 does not give the answer"):
        check_answers(tmp_path, "mobilefacenet")


def test_a_pin_that_is_not_at_rest_fails() -> None:
    relay = SimulatedRelay(RelaySettings("GPIO17", True, "simulated"))
    require_rest(relay, "GPIO17")
    relay.energize()
    with pytest.raises(DoorError, match="GPIO17 was driven to rest and reads energized"):
        require_rest(relay, "GPIO17")
    relay.close()
