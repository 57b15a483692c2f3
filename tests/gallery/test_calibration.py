"""The calibration's file: what comes back, and what is refused."""

import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.calibrations import calibration, cohort
from support.people import MODEL

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.gallery.calibration import (
    MOST_BYTES,
    Calibration,
    calibration_path,
    load_calibration,
    save_calibration,
)
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale

S_NORM = Scale(Metric.COSINE, Normalization.S_NORM)
PLAIN = Scale(Metric.ANGULAR)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "facenet").mkdir()
    path = calibration_path(tmp_path, "facenet", "int8")
    save_calibration(calibration(MODEL, scale=S_NORM, threshold=4.25, dimension=6), path)
    return path


@pytest.mark.parametrize("scale", [S_NORM, PLAIN], ids=str)
def test_everything_comes_back(tmp_path: Path, scale: Scale) -> None:
    made = calibration(MODEL, scale=scale, threshold=0.5, dimension=6)
    save_calibration(made, tmp_path / "one.safetensors")
    found = load_calibration(tmp_path / "one.safetensors")
    assert (found.model_id, found.scale, found.threshold) == (MODEL, scale, 0.5)
    assert found.provenance == made.provenance
    assert (found.cohort is None) == (scale is PLAIN)
    if found.cohort is not None and made.cohort is not None:
        assert (found.cohort.vectors == made.cohort.vectors).all()
        assert (found.cohort.norms == made.cohort.norms).all()


def test_it_lies_beside_the_pack_and_is_its_owners_only(file: Path, tmp_path: Path) -> None:
    assert file == tmp_path / "facenet" / "calibration" / "int8.safetensors"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_another_model_is_refused(file: Path) -> None:
    found = load_calibration(file)
    found.require_model(MODEL, "facenet int8")
    with pytest.raises(GalleryModelError, match="the door runs owl"):
        found.require_model("b" * 64, "owl")


def test_any_changed_byte_is_refused(file: Path) -> None:
    content = file.read_bytes()
    for place in range(0, len(content), 97):
        spoiled = bytearray(content)
        spoiled[place] ^= 0x20
        file.write_bytes(spoiled)
        with pytest.raises(GalleryError, match=r"damaged|schema"):
            load_calibration(file)


@given(st.binary(max_size=200))
def test_nonsense_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("nonsense") / "one"
    file.write_bytes(content)
    with pytest.raises(GalleryError, match="damaged"):
        load_calibration(file)


def test_a_torn_a_missing_and_an_endless_file_are_refused(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(GalleryError, match="damaged"):
        load_calibration(file)
    with pytest.raises(GalleryError, match="cannot read"):
        load_calibration(file.parent / "other")
    with file.open("wb") as open_file:
        open_file.truncate(MOST_BYTES + 1)
    with pytest.raises(GalleryError, match="more than any calibration"):
        load_calibration(file)


@pytest.mark.parametrize("threshold", [np.nan, np.inf, -np.inf])
def test_a_threshold_is_a_number(threshold: float) -> None:
    with pytest.raises(GalleryError, match="no number"):
        calibration(MODEL, scale=PLAIN, threshold=threshold)


def test_scale_and_cohort_fit() -> None:
    made = calibration(MODEL, scale=S_NORM, threshold=4.0, dimension=6)
    with pytest.raises(GalleryError, match="do not fit"):
        replace(made, cohort=None)
    with pytest.raises(GalleryError, match="another model"):
        Calibration("b" * 64, S_NORM, 4.0, cohort(MODEL, 6), made.provenance)
