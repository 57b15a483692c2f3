"""Which threshold a door works with: the configuration's, the calibration's, or the pack's."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.calibrations import calibration
from support.people import embedding, gallery

from faceidd.daemon.build import build_matcher
from faceidd.daemon.config import Config
from faceidd.daemon.operating_point import OperatingPoint, operating_point
from faceidd.daemon.recognition import Model, build_model
from faceidd.errors import ConfigError, GalleryError, GalleryModelError
from faceidd.gallery.calibration import calibration_path, save_calibration
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Normalization, Scale

S_NORM = Scale(Metric.COSINE, Normalization.S_NORM)


@pytest.fixture(scope="module")
def packs(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packs of this module's own, so that calibrations can be put beside them."""
    packs = tmp_path_factory.mktemp("packs")
    for name in ("blazeface", "facenet", "mtcnn"):
        shutil.copytree(models_dir / name, packs / name, ignore=shutil.ignore_patterns("float*"))
    return packs


@pytest.fixture(scope="module")
def model(packs: Path) -> Model:
    return build_model(door(packs))


@pytest.fixture(autouse=True)
def _not_calibrated(packs: Path) -> None:
    calibration_path(packs, "facenet", "int8").unlink(missing_ok=True)


def door(packs: Path, **access: object) -> Config:
    return Config.model_validate({"models": {"dir": str(packs)}, "access": access})


def seeing_of(model: Model) -> Seeing:
    one = model.recognizer
    return Seeing.of(one.detector.name, one.rule, one.gate.limits)


def calibrate(
    packs: Path,
    model: Model,
    scale: Scale = S_NORM,
    model_id: str = "",
    seeing: Seeing | None = None,
) -> None:
    made = calibration(
        model_id or model.recognizer.model_id,
        scale=scale,
        threshold=4.25,
        seeing=seeing or seeing_of(model),
    )
    save_calibration(made, calibration_path(packs, "facenet", "int8"))


def test_a_door_without_calibration_uses_the_packs_and_says_so(
    packs: Path, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    for metric in Metric:
        point = operating_point(door(packs, metric=metric.value), model, None)
        expected = model.manifest.thresholds[metric.value]
        assert point == OperatingPoint(Scale(metric), expected, None)
    assert "not calibrated" in caplog.text


def test_the_calibration_rules(packs: Path, model: Model, caplog: pytest.LogCaptureFixture) -> None:
    calibrate(packs, model)
    point = operating_point(door(packs), model, None)
    assert (point.scale, point.threshold) == (S_NORM, 4.25)
    assert point.cohort is not None
    assert point.cohort.model_id == model.recognizer.model_id
    assert all(one.levelno < logging.WARNING for one in caplog.records)


def test_the_calibration_of_the_gallery_goes_before_the_one_beside_the_pack(
    packs: Path, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    calibrate(packs, model)
    one = model.recognizer.model_id
    mine = calibration(one, scale=S_NORM, threshold=5, seeing=seeing_of(model))
    known = replace(gallery({"Kim": [embedding(1, 0, 0, model_id=one)]}), model_id=one)
    with caplog.at_level(logging.INFO):
        assert operating_point(door(packs), model, known).threshold == 4.25
        assert operating_point(door(packs), model, replace(known, calibration=mine)).threshold == 5
    which = [text for text in caplog.messages if text.startswith("the calibration is the one")]
    places = [text.split(":")[0].partition("the one ")[2] for text in which]
    assert places == ["beside the model pack", "in the gallery"]
    other = calibration(one, scale=S_NORM, threshold=5)  # of faces that were cut otherwise
    with pytest.raises(GalleryError, match="does not fit"):
        operating_point(door(packs), model, replace(known, calibration=other))


def test_an_explicit_threshold_is_a_plain_one_and_rules_over_all(
    packs: Path, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    calibrate(packs, model)
    point = operating_point(door(packs, threshold=0.8), model, None)
    assert point == OperatingPoint(Scale(), 0.8, None)
    assert caplog.messages == ["access.threshold is set, so the calibration is not used"]


@pytest.mark.parametrize(("metric", "loose"), [("cosine", 0.5), ("angular", 0.4)])
def test_a_threshold_looser_than_the_packs_is_told(
    packs: Path, model: Model, metric: str, loose: float, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        operating_point(door(packs, metric=metric, threshold=loose), model, None)
    assert "looser than the model pack's" in caplog.text


def test_a_calibration_of_another_metric_is_refused(packs: Path, model: Model) -> None:
    calibrate(packs, model, Scale(Metric.ANGULAR, Normalization.S_NORM))
    with pytest.raises(ConfigError, match=r"for angular, access\.metric is cosine") as caught:
        operating_point(door(packs), model, None)
    assert "set access.metric to angular" in caught.value.do


def test_one_in_the_gallery_is_the_gallerys_fault(packs: Path, model: Model) -> None:
    one = model.recognizer.model_id
    mine = calibration(one, scale=Scale(Metric.ANGULAR), threshold=1, seeing=seeing_of(model))
    known = replace(gallery({"Kim": [embedding(1, 0, 0, model_id=one)]}), model_id=one)
    with pytest.raises(GalleryError, match=r"for angular, access\.metric is cosine"):
        operating_point(door(packs), model, replace(known, calibration=mine))


def test_a_calibration_of_another_model_is_refused(packs: Path, model: Model) -> None:
    calibrate(packs, model, model_id="e" * 64)
    with pytest.raises(GalleryModelError):
        operating_point(door(packs), model, None)


@pytest.mark.parametrize("change", ["crop_sha256", "limits_sha256"])
def test_a_calibration_of_faces_cut_or_let_through_otherwise_is_refused(
    packs: Path, model: Model, change: str
) -> None:
    calibrate(packs, model, seeing=seeing_of(model).model_copy(update={change: "e" * 64}))
    with pytest.raises(GalleryError, match="does not fit what the door does to faces"):
        operating_point(door(packs), model, None)


def test_a_calibration_of_another_detector_is_told(
    packs: Path, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    calibrate(packs, model, seeing=seeing_of(model).model_copy(update={"detector": "haar"}))
    assert operating_point(door(packs), model, None).threshold == 4.25
    assert "another of: the detector (haar, blazeface)" in caplog.text


def test_a_gallery_larger_than_the_calibration_is_for_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    known = gallery({"Kim": [embedding(1, 0)], "Lee": [embedding(0, 1)]})
    build_matcher(known, OperatingPoint(Scale(), 0.7, None, templates=2), {})
    assert not caplog.records
    build_matcher(known, OperatingPoint(Scale(), 0.7, None, templates=1), {})
    assert "has 2 templates, the threshold was made for 1" in caplog.text


def test_a_damaged_calibration_is_never_passed_over(packs: Path, model: Model) -> None:
    calibrate(packs, model)
    file = calibration_path(packs, "facenet", "int8")
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    with pytest.raises(GalleryError, match="damaged"):
        operating_point(door(packs), model, None)
