"""`faceidd eval`: from photos to tables and a report, and what is said when it cannot be."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.calibrations import calibration
from support.portraits import EILEEN, GRACE, head

from faceidd.cli.main import main
from faceidd.face.quality_gate import Limits
from faceidd.gallery.calibration import calibration_path, save_calibration
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Normalization, Scale
from faceidd.models.pack import load_embedder

SESSION = r"^\d{4}_\d\d_\d\d_(?P<session>\d\d)_\d+\."


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A manifest of two people with two photos each, one photo of nobody and one that is none."""
    for name, width in (("a", 120), ("b", 160)):
        cv2.imwrite(str(tmp_path / f"eileen_{name}.png"), head(EILEEN, width))
        cv2.imwrite(str(tmp_path / f"grace_{name}.png"), head(GRACE, width))
    cv2.imwrite(str(tmp_path / "empty.png"), np.full((200, 200, 3), 90, np.uint8))
    (tmp_path / "text.png").write_text("no picture")
    rows = [(f"{who}_{name}.png", who) for who in ("eileen", "grace") for name in "ab"]
    rows += [("empty.png", "grace"), ("text.png", "grace"), ("gone.png", "grace")]
    file = tmp_path / "people.csv"
    file.write_text("path,identity\n" + "".join(f"{path},{who}\n" for path, who in rows))
    return file


Run = Callable[..., int]


@pytest.fixture
def people(models_dir: Path, tmp_path: Path) -> Run:
    """`faceidd eval people` of a manifest, with its cache in the test's folder."""

    def run(manifest: Path, *more: str) -> int:
        named = ["--manifest", str(manifest), "--cache", str(tmp_path / "cache")]
        models = [] if "--models" in more else ["--models", str(models_dir)]
        return main(["eval", "people", *named, *models, *more])

    return run


def test_two_people_are_measured_and_nothing_is_dropped_silently(
    people: Run, two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report"
    assert people(two, "--report", str(report), "--threshold", "0.5") == 0
    told = capsys.readouterr()
    assert "4 of 7 photos gave an embedding" in told.out
    assert "unreadable 1" in told.out
    assert f"missing: {tmp_path / 'gone.png'}" in told.out
    assert f"unreadable: {tmp_path / 'text.png'}" in told.out
    assert "threshold 0.5 (named by the user)" in told.out
    assert "photo/s" not in told.err
    data = json.loads((report / "report.json").read_text())
    (cell,) = data["cells"]
    assert (cell["genuine_pairs"], cell["impostor_pairs"]) == (2, 4)
    assert (cell["fnmr"]["value"], cell["fmr"]["value"]) == (0, 0)
    assert {one["file"]: one["reason"] for one in data["photos"]["refused"]} == {
        "empty.png": "no_face",
        "text.png": "unreadable",
        "gone.png": "missing",
    }
    page = (report / "report.html").read_text()
    assert page.count("data:image/jpeg;base64,") == 6  # one pair of two people, one of each
    assert "gone.png" in page


def test_progress_and_a_folder_of_people(
    people: Run, two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    for who in ("eileen", "grace"):
        (folder / who).mkdir(parents=True)
        for name in "ab":
            shutil.copy(two.parent / f"{who}_{name}.png", folder / who)
    assert people(folder, "--progress") == 0
    told = capsys.readouterr()
    assert "4 of 4 photos" in told.out
    assert "4/4" in told.err


def test_a_calibration_beside_the_pack_rules(
    people: Run,
    two: Path,
    models_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for pack in ("blazeface", "facenet", "mtcnn"):
        (models / pack).mkdir()
        for file in (models_dir / pack).iterdir():
            if file.is_file() and not file.name.startswith("float"):
                shutil.copy(file, models / pack)
    manifest = load_embedder(models, "facenet").manifest
    made = calibration(
        manifest.model_id("int8"),
        scale=Scale(normalization=Normalization.S_NORM),
        threshold=3.25,
        seeing=Seeing.of("blazeface", manifest.crop, Limits()),
    )
    save_calibration(made, calibration_path(models, "facenet", "int8"))
    assert people(two, "--models", str(models)) == 0
    told = capsys.readouterr().out
    assert "cosine, s_norm; threshold 3.25 (the calibration beside the pack)" in told
    assert "cohort of 40 people" in told
    assert people(two, "--models", str(models), "--normalization", "none") == 0
    assert "scores in cosine; threshold 0." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "code", "fault"),
    [
        (["--normalization", "s_norm"], 10, "needs a cohort"),
        (["--frames", "17"], 10, "16 frames at most"),
        (["--session-pattern", "("], 10, "no regular expression"),
        (["--leave-out", "all"], 10, "no photo is left"),
        (["--cohort", "{manifest}"], 6, "too"),
        (["--embedder", "nothing"], 5, "nothing"),
        (["--variant", "int3"], 5, "no variant int3"),
    ],
)
def test_what_cannot_be_measured_is_said_with_its_exit_code(
    people: Run,
    two: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    code: int,
    fault: str,
) -> None:
    assert people(two, *(word.format(manifest=two) for word in more)) == code
    assert fault in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--frames", "0"], ["--threshold", "nan"], ["--metric", "x"]])
def test_a_wrong_option_is_wrong_usage(people: Run, two: Path, more: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        people(two, *more)
    assert end.value.code == 2


def test_a_manifest_without_its_columns_is_refused(
    people: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("file,who\n1.png,x\n")
    assert people(file) == 10
    assert "no column path and no column identity" in capsys.readouterr().err


def test_one_photo_is_too_few(people: Run, two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two.write_text("path,identity\neileen_a.png,eileen\nempty.png,grace\n")
    assert people(two) == 10
    assert "1 gave an embedding, 1 did not (1 no_face)" in capsys.readouterr().err


def chosen(faces: Path, tmp_path: Path) -> Path:
    """Some of the evaluation set: people before webcams, in sessions, and some as a cohort."""
    with (faces / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["set"] == "casia"][:30]
    nuaa = [row for row in rows if row["set"] == "nuaa_live" and row["identity"] < "0005"]
    kept += nuaa[::6]
    strangers = [row for row in rows if row["set"] == "scut"][:40] + kept[:5]
    for name, some in (("measured", kept), ("cohort", strangers)):
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows({**row, "path": str(faces / row["path"])} for row in some)
    return tmp_path / "measured.csv"


def test_real_people_are_told_apart(
    people: Run, faces_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest, report = chosen(faces_dir, tmp_path), tmp_path / "report"
    more = ["--cohort", str(tmp_path / "cohort.csv"), "--session-pattern", SESSION]
    assert people(manifest, *more, "--report", str(report), "--draws", "60") == 0
    assert "1 stood in both" in capsys.readouterr().out
    data = json.loads((report / "report.json").read_text())
    assert data["operating_point"]["normalization"] == "s_norm"
    cells = {cell["set"]: cell for cell in data["cells"]}
    assert cells["casia"]["people"] == 5
    assert max(cell["eer"] for cell in cells.values()) < 0.1
    sets = {one["set"]: one for one in data["open_sets"]}
    assert sets["casia"]["visits_by_frames"].keys() <= {"1", "2"}
    assert sets["casia"]["fixed"][0]["tpir"] > 0.9
    assert sets["nuaa_live"]["fixed"][0]["tpir"] > 0.9
    page = (report / "report.html").read_text()
    assert page.count("data:image/jpeg;base64,") >= 24


def test_lfw_is_judged_by_its_protocol(
    models_dir: Path, faces_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (faces_dir / "lfw" / "pairs.txt").read_text().splitlines()
    each = int(lines[0].split()[1])
    body = lines[1:]
    starts = [fold * 2 * each + kind * each for fold in (0, 1) for kind in (0, 1)]
    some = [line for start in starts for line in body[start : start + 12]]
    (tmp_path / "pairs.txt").write_text("\n".join(["2 12", *some]) + "\n")
    report = tmp_path / "report"
    code = main(
        [
            *("eval", "lfw", "--pairs", str(tmp_path / "pairs.txt")),
            *("--photos", str(faces_dir / "lfw"), "--models", str(models_dir)),
            *("--no-cache", "--report", str(report)),
        ]
    )
    assert code == 0
    assert "| 2 | 48 | 0 |" in capsys.readouterr().out
    data = json.loads((report / "report.json").read_text())
    assert data["accuracy"]["mean"] >= 0.9
    assert data["model"]["gate"] is False
    assert (report / "report.html").read_text().count("data:image/jpeg") == 24


def test_help_needs_nothing_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["eval", "people", "--help"])
    assert end.value.code == 0
    assert "--session-pattern" in capsys.readouterr().out
