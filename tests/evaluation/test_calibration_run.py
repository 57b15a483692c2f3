"""A calibration from photos of real faces, through detector, gate and model, to what is told."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from support.calibrating import NOW, purpose
from support.seeing import recognizer as built

from faceidd.enroll.photos import SUFFIXES
from faceidd.evaluation.calibration_report import Told
from faceidd.evaluation.calibration_run import Job, run
from faceidd.evaluation.errors import EvaluationError
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Normalization

EACH = {"casia": 2, "scut": 1}
MOST = {"casia": 40, "scut": 10}


@pytest.fixture(scope="module")
def recognizer(models_dir: Path) -> Recognizer:
    return built(models_dir, min_face_px=60)


@pytest.fixture(scope="module")
def manifest(faces_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Webcam photos of 20 people, two of each, and ten people of another set, one of each."""
    each: Counter[tuple[str, str]] = Counter()
    all_of: Counter[str] = Counter()
    chosen = tmp_path_factory.mktemp("calibration") / "people.csv"
    with (faces_dir / "manifest.csv").open(encoding="utf-8") as lines, chosen.open("w") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "set", "identity", "group"))
        for row in csv.DictReader(lines):
            name, who = row["set"], row["identity"] or row["path"]
            if row["group"] != "east_asian" or name not in EACH:
                continue
            if each[name, who] < EACH[name] and all_of[name] < MOST[name]:
                each[name, who] += 1
                all_of[name] += 1
                rows.writerow((faces_dir / row["path"], name, who, row["group"]))
    return chosen


@pytest.fixture(scope="module")
def job(faces_dir: Path, manifest: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    cache = tmp_path_factory.mktemp("cache")
    return Job(faces_dir, manifest, {}, cache, check=2, progress=False)


@pytest.fixture(scope="module")
def told(job: Job, recognizer: Recognizer) -> Told:
    asked = purpose(0.05, normalization=None)
    return run(job, recognizer, "facenet int8", asked, NOW, gallery=None)


def test_real_strangers_are_refused_as_often_as_asked(told: Told) -> None:
    made = told.calibration
    singles = {cell.set: cell for cell in made.provenance.cells if cell.kind == "single"}
    assert singles.keys() == EACH.keys()
    single = singles["casia"]
    assert single.group == "east_asian"
    assert single.people >= 15
    assert singles["scut"].fmr <= 0.05
    assert single.fmr <= 0.05
    assert single.genuine >= 15
    assert single.fnmr is not None
    assert single.fnmr <= 0.2
    assert 0.5 < made.threshold < 0.95  # far above the usual 0.4 or so, as these faces need


def test_it_is_told_what_was_left_out_and_through_what_the_faces_went(
    told: Told, recognizer: Recognizer, faces_dir: Path
) -> None:
    images = sum(path.suffix.lower() in SUFFIXES for path in faces_dir.rglob("*"))
    assert told.unlisted == images - sum(MOST.values())
    provenance = told.calibration.provenance
    assert provenance.photos + sum(told.refused.values()) == sum(MOST.values())
    assert provenance.seeing == Seeing.of("blazeface", recognizer.rule, recognizer.gate.limits)
    assert told.calibration.model_id == recognizer.model_id
    assert (provenance.model_name, provenance.made_at) == ("facenet int8", NOW)


def test_too_few_for_a_cohort_are_calibrated_on_the_plain_scale(told: Told) -> None:
    assert told.calibration.scale.normalization is Normalization.NONE
    assert told.calibration.cohort is None


def test_the_check_measured_each_half(told: Told) -> None:
    assert len(told.checks) == 2
    halves = [
        cell.people
        for one in told.checks
        for cell in one.cells
        if (cell.set, cell.kind) == ("casia", "single")
    ]
    assert len(halves) == 2
    assert abs(halves[0] - halves[1]) <= 1


def test_the_same_photos_give_the_same_threshold(
    told: Told, job: Job, recognizer: Recognizer
) -> None:
    asked = purpose(0.05, normalization=None)
    again = run(job, recognizer, "facenet int8", asked, NOW, gallery=None)
    assert again.calibration.threshold == told.calibration.threshold
    assert again.calibration.provenance == told.calibration.provenance


def test_what_they_cannot_show_is_refused(job: Job, recognizer: Recognizer) -> None:
    with pytest.raises(EvaluationError, match=r"needs 29956 .* east_asian \d+ of \d+ people"):
        run(job, recognizer, "facenet int8", purpose(1e-4), NOW, gallery=None)
