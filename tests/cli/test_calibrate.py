"""`faceidd calibrate`: from photos of strangers to the file that the door takes in."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.calibrating import gallery_of, two_groups, with_twin
from support.known_photos import write_known
from support.measured_people import crowd

from faceidd.cli.calibrate import natural, parts, share
from faceidd.cli.main import main
from faceidd.daemon.config import Config
from faceidd.daemon.operating_point import operating_point
from faceidd.daemon.recognition import Model, build_model
from faceidd.gallery.calibration import calibration_path, load_calibration
from faceidd.gallery.file import save_gallery
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale

Run = Callable[..., int]
FMR = ("--target-fmr", "0.02")
SIZE = 512
"""FaceNet's."""


@pytest.fixture(scope="module")
def packs(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packs of this module's own, so that calibrations can be put beside them."""
    packs = tmp_path_factory.mktemp("packs")
    for name in ("blazeface", "facenet", "mtcnn"):
        shutil.copytree(models_dir / name, packs / name, ignore=shutil.ignore_patterns("float*"))
    return packs


@pytest.fixture(scope="module")
def model(packs: Path) -> Model:
    photos = {"detector": {"min_face_px": 60}}
    return build_model(Config.model_validate({"models": {"dir": str(packs)}, **photos}))


@pytest.fixture(scope="module")
def people(model: Model, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Manifest and cache of 41 made-up people, of whom two are one."""
    photos = with_twin(crowd(40, 2, dimension=SIZE, spread=0.8))
    return write_known(photos, tmp_path_factory.mktemp("people"), model)


@pytest.fixture
def beside(packs: Path) -> Path:
    """Where the door looks for a calibration; there is none yet."""
    path = calibration_path(packs, "facenet", "int8")
    path.unlink(missing_ok=True)
    return path


@pytest.fixture
def calibrate(packs: Path, people: tuple[Path, Path]) -> Run:
    manifest, cache = people

    def run(*more: str) -> int:
        cohort = [] if "--cohort" in more else ["--cohort", str(manifest)]
        return main(["calibrate", "--models", str(packs), "--cache", str(cache), *cohort, *more])

    return run


def test_the_door_takes_in_what_is_written_beside_the_pack(
    calibrate: Run, beside: Path, packs: Path, model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(*FMR, "--normalization", "s_norm") == 0
    told = capsys.readouterr().out
    assert f"written to {beside}; a door that is running" in told
    written = load_calibration(beside)
    assert f"threshold {written.threshold:.4f} on the scale cosine, s_norm" in told
    assert (written.model_id, written.provenance.photos) == (model.recognizer.model_id, 81)
    assert written.provenance.model_name == "facenet int8"
    door = Config.model_validate({"models": {"dir": str(packs)}})
    point = operating_point(door, model, None)
    assert (point.scale, point.threshold) == (written.scale, written.threshold)
    assert point.scale.normalization is Normalization.S_NORM
    assert point.cohort is not None
    assert written.cohort is not None
    assert (point.cohort.vectors == written.cohort.vectors).all()
    assert b"person" not in beside.read_bytes()


def test_a_dry_run_writes_nothing(
    calibrate: Run, beside: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "one.safetensors"
    assert calibrate(*FMR, "--normalization", "none", "--dry-run", "--output", str(output)) == 0
    told = capsys.readouterr().out
    assert "threshold " in told
    assert "written" not in told
    assert not beside.exists()
    assert not output.exists()


def test_a_check_that_cannot_be_made_is_told_as_such_and_nothing_is_written(
    calibrate: Run, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(*FMR, "--normalization", "s_norm", "--check", "2") == 10
    assert "the check in 2 parts cannot be made: a cohort of" in capsys.readouterr().err
    assert not beside.exists()


def test_a_named_file_is_written_instead_and_json_is_told(
    calibrate: Run, beside: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "one.safetensors"
    more = ("--metric", "angular", "--normalization", "none", "--check", "2", "--json")
    assert calibrate(*FMR, *more, "--output", str(output)) == 0
    data = json.loads(capsys.readouterr().out)
    written = load_calibration(output)
    assert written.scale == Scale(Metric.ANGULAR)
    assert data["threshold"] == written.threshold
    assert data["provenance"] == written.provenance.model_dump(mode="json")
    assert data["provenance"]["target"] == {"fmr": 0.02, "fpir": None, "templates": None}
    assert [len(one["cells"]) > 0 for one in data["checks"]] == [True, True]
    assert not beside.exists()


def test_two_names_of_one_person_are_told_and_merged(
    calibrate: Run, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = ("--target-fmr", "0.004", "--normalization", "none", "--dry-run")
    assert calibrate(*plain) == 0
    told = capsys.readouterr().out
    assert "of 41 people" in told
    assert "--same '" in told
    advised = told.split("--same '")[1].split("'")[0]
    assert set(advised.split("=")) == {"twin", "all person 003"}
    assert calibrate(*plain, "--same", advised, "--json") == 0
    merged = json.loads(capsys.readouterr().out)
    assert merged["provenance"]["people"] == 40
    assert not any(one["as_genuine"] for one in merged["suspects"])
    assert not beside.exists()


def test_a_gallery_is_searched_and_its_size_turns_fpir_into_fmr(
    calibrate: Run, model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = gallery_of(crowd(5, 1, dimension=SIZE, seed=9).vectors, model.recognizer.model_id)
    save_gallery(known, tmp_path / "gallery.safetensors")
    asked = ("--target-fpir", "0.1", "--normalization", "none", "--dry-run", "--json")
    assert calibrate(*asked, "--gallery", str(tmp_path / "gallery.safetensors")) == 0
    searched = json.loads(capsys.readouterr().out)["provenance"]
    assert searched["target"]["fmr"] == pytest.approx(1 - 0.9 ** (1 / 5))
    assert (searched["target"]["fpir"], searched["target"]["templates"]) == (0.1, 5)
    assert "search" in {cell["kind"] for cell in searched["cells"]}
    assert calibrate(*asked, "--people", "5") == 0
    sized = json.loads(capsys.readouterr().out)["provenance"]
    assert sized["target"] == searched["target"]
    assert "search" not in {cell["kind"] for cell in sized["cells"]}


def test_groups_of_a_folders_photos_are_told_apart(
    calibrate: Run, model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = two_groups(25, 1)
    wide = np.zeros((50, SIZE), np.float32)
    wide[:, : photos.vectors.shape[1]] = photos.vectors
    folder = tmp_path / "photos"
    manifest, cache = write_known(replace(photos, vectors=wide), folder, model)
    asked = ("--target-fmr", "0.05", "--normalization", "none", "--dry-run", "--json")
    more = ("--cohort", str(folder), "--groups", str(manifest), "--cache", str(cache))
    (folder / "one" / "stray.png").write_bytes(b"stray")
    assert calibrate(*asked, *more) == 0
    data = json.loads(capsys.readouterr().out)
    assert {one["group"] for one in data["provenance"]["groups"]} == {"apart", "alike"}
    assert data["provenance"]["ruled_by"] == "two, alike, single"
    assert data["unlisted"] == 1


@pytest.mark.parametrize(
    ("more", "code", "fault"),
    [
        (("--target-fmr", "1e-4"), 10, "needs 29956 comparisons"),
        (("--target-fpir", "0.1"), 3, "the FPIR depends on the size of the gallery"),
        ((*FMR, "--cohort", "{tmp}/gone"), 10, "cannot be read"),
        ((*FMR, "--cohort", "{tmp}"), 7, "no photos"),
        ((*FMR, "--cohort", "{tmp}", "--groups", "{tmp}/gone.csv"), 10, "cannot be read"),
        ((*FMR, "--same", "Ada"), 10, "names no two people"),
        ((*FMR, "--same", "Ada=Bob"), 10, "nobody of the cohort is called Ada or Bob"),
        ((*FMR, "--gallery", "{tmp}/gone"), 6, "cannot read the gallery"),
        ((*FMR, "--config", "{tmp}/gone.yaml"), 3, "gone.yaml"),
        ((*FMR, "--embedder", "nothing"), 5, "nothing"),
        ((*FMR, "--variant", "int3"), 5, "no variant int3"),
        ((*FMR, "--normalization", "none", "--output", "{tmp}/no/one"), 6, "cannot write"),
    ],
)
def test_what_cannot_be_calibrated_is_said_with_its_exit_code(
    calibrate: Run,
    beside: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, ...],
    code: int,
    fault: str,
) -> None:
    assert calibrate(*(word.format(tmp=tmp_path) for word in more)) == code
    assert fault in capsys.readouterr().err
    assert not beside.exists()


def test_a_gallery_of_another_model_is_refused(
    calibrate: Run, beside: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_gallery(gallery_of(crowd(3, 1).vectors), tmp_path / "gallery")
    assert calibrate(*FMR, "--gallery", str(tmp_path / "gallery")) == 6
    assert "the gallery was enrolled with" in capsys.readouterr().err
    assert not beside.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--cohort", "people"),
        FMR,
        ("--cohort", "people", *FMR, "--target-fpir", "0.1"),
        ("--cohort", "people", *FMR, "--gallery", "one", "--people", "3"),
        ("--cohort", "people", *FMR, "--people", "0"),
        ("--cohort", "people", *FMR, "--check", "1"),
        ("--cohort", "people", *FMR, "--metric", "manhattan"),
        ("--cohort", "people", *FMR, "--normalization", "z_norm"),
        *(("--cohort", "people", "--target-fmr", rate) for rate in ("0", "1", "-0.1", "nan", "x")),
    ],
)
def test_wrong_words_are_the_command_lines_own_fault(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["calibrate", *words])
    assert caught.value.code == 2


def test_numbers_of_the_command_line() -> None:
    assert (share("1e-4"), natural("1"), parts("2")) == (1e-4, 1, 2)
    for read, texts in ((share, ("0", "1", "inf")), (natural, ("0", "1.5")), (parts, ("1", ""))):
        for text in texts:
            with pytest.raises(ValueError, match=r".*"):
                read(text)
