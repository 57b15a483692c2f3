import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from support.portraits import EILEEN, GRACE, Visitor, scene
from support.square_finder import square_finder

from faceidd.daemon.config import Config
from faceidd.daemon.recognition import build_detector, build_model
from faceidd.errors import ModelError
from faceidd.face.blazeface import BlazeFace
from faceidd.face.detection import FaceDetector
from faceidd.face.haar import Haar
from faceidd.face.mtcnn import Mtcnn
from faceidd.face.recognizer import Sight
from faceidd.face.yunet import YuNet

POINTS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
NOBODY = scene()


def config(folder: Path, *, models: dict[str, object] | None = None, **detector: object) -> Config:
    """Settings over those packs."""
    return Config.model_validate(
        {"models": {"dir": str(folder), **(models or {})}, "detector": detector}
    )


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    """An ONNX file that serves for YuNet's."""
    file = tmp_path / "squares.onnx"
    file.write_bytes(square_finder())
    return file


@pytest.fixture
def warping(models_dir: Path, tmp_path: Path) -> Path:
    """Packs of which the embedder's warps faces by five landmarks."""
    packs = tmp_path / "packs"
    (packs / "facenet").mkdir(parents=True)
    (packs / "blazeface").symlink_to(models_dir / "blazeface")
    (packs / "mtcnn").symlink_to(models_dir / "mtcnn")
    for file in (models_dir / "facenet").glob("int8-*"):
        shutil.copy(file, packs / "facenet")
    content = json.loads((models_dir / "facenet" / "manifest.json").read_text())
    content["crop"] = {"kind": "five_point", "points": POINTS}
    (packs / "facenet" / "manifest.json").write_text(json.dumps(content))
    return packs


@pytest.mark.parametrize(
    ("name", "kind"), [("blazeface", BlazeFace), ("haar", Haar), ("mtcnn", Mtcnn), ("yunet", YuNet)]
)
def test_the_named_detector_is_the_one_that_runs(
    name: str, kind: type[FaceDetector], models_dir: Path, squares: Path
) -> None:
    chosen = config(models_dir, name=name, yunet_model=str(squares))
    detector = build_detector(chosen)
    assert type(detector) is kind
    assert detector.name == name
    model = build_model(chosen)
    assert type(model.recognizer.detector) is kind
    assert model.recognizer.rule == model.manifest.crop


@pytest.mark.parametrize("variant", ["int8", "float16", "float32"])
def test_the_named_variant_is_the_one_that_runs(models_dir: Path, variant: str) -> None:
    model = build_model(config(models_dir, models={"variant": variant}))
    assert model.name == f"facenet {variant}"
    assert model.recognizer.model_id == model.manifest.model_id(variant)


@pytest.mark.parametrize("name", ["blazeface", "haar", "mtcnn"])
def test_whoever_is_seen_is_told_apart(models_dir: Path, name: str) -> None:
    model = build_model(config(models_dir, name=name, min_face_px=100))
    left, right = Visitor(EILEEN, 180, (180, 240)), Visitor(GRACE, 200, (460, 240))
    assert model.recognizer.see(NOBODY) == Sight((), ())
    both = model.recognizer.see(scene(left, right)).faces
    assert len(both) == 2
    threshold = model.manifest.thresholds["cosine"]
    for visitor in (left, right):
        (alone,) = model.recognizer.see(scene(Visitor(visitor.name, 160, (330, 250)))).faces
        nearest = max(both, key=lambda seen: float(seen.embedding.vector @ alone.embedding.vector))
        box = nearest.face.box
        assert box.x < visitor.center[0] < box.x + box.width
        cosines = sorted(float(seen.embedding.vector @ alone.embedding.vector) for seen in both)
        assert cosines[0] < threshold <= cosines[1]


@pytest.mark.parametrize("name", ["haar", "mtcnn", "blazeface"])
def test_the_least_width_is_passed_on(models_dir: Path, name: str) -> None:
    near = scene(Visitor(EILEEN, 120, (320, 240)))
    for least, count in ((60, 1), (250, 0)):
        detector = build_detector(config(models_dir, name=name, min_face_px=least))
        assert len(detector.detect(near)) == count


def test_an_explicit_score_of_0_is_a_score(models_dir: Path, squares: Path) -> None:
    def found(min_score: float | None) -> int:
        chosen = config(models_dir, name="yunet", yunet_model=str(squares), min_score=min_score)
        return len(build_detector(chosen).detect(NOBODY))

    # The squares' network gives a gray frame's every cell the score 0.5; YuNet's own least is 0.7.
    assert found(None) == 0
    assert found(0) > 0
    assert found(0.6) == 0


@pytest.mark.parametrize("name", ["blazeface", "haar", "mtcnn"])
def test_a_pack_may_warp_by_landmarks_whatever_detector_runs(warping: Path, name: str) -> None:
    model = build_model(config(warping, name=name))
    (seen,) = model.recognizer.see(scene(Visitor(EILEEN, 180, (320, 240)))).faces
    assert np.linalg.norm(seen.embedding.vector) == pytest.approx(1)


def test_an_unknown_variant_is_refused_with_those_there_are(models_dir: Path) -> None:
    with pytest.raises(ModelError, match="facenet has no variant int4") as caught:
        build_model(config(models_dir, models={"variant": "int4"}))
    assert caught.value.do == "set models.variant to one of: float16, float32, int8"


def test_a_detectors_pack_is_no_embedder(models_dir: Path) -> None:
    with pytest.raises(ModelError):
        build_model(config(models_dir, models={"embedder": "blazeface"}))
