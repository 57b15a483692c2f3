"""What each photo gave to a gallery, as a file and as a table."""

import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest
from support.photo_files import alone, nobody, write
from support.portraits import EILEEN, GRACE
from support.seeing import recognizer

from faceidd.enroll.folder import Enrollment, enroll_folder
from faceidd.enroll.report import make_report, table
from faceidd.enroll.report_file import load_report, report_path, write_report
from faceidd.errors import GalleryError
from faceidd.gallery.metric import Metric


def save_report(enrollment: Enrollment, gallery: Path, metric: Metric = Metric.COSINE) -> Path:
    return write_report(make_report(enrollment, metric), gallery)


@pytest.fixture(scope="module")
def enrollment(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Enrollment:
    """Kim's photos: three that are used, one of them twice, one of a stranger, one of nobody."""
    folder = tmp_path_factory.mktemp("photos") / "Kim"
    images = {
        "1": alone(EILEEN, 110),
        "2": alone(EILEEN, 150),
        "3": alone(EILEEN, 200),
        "4": alone(EILEEN, 150),
        "5": alone(GRACE),
        "6": nobody(),
        "mask/1": alone(GRACE),
    }
    for name, image in images.items():
        write(folder / f"{name}.png", image)
    seeing = recognizer(models_dir)
    return enroll_folder(folder.parent, seeing, "facenet int8", skip_bad=True, looks=True)


def test_the_report_lies_beside_the_gallery() -> None:
    assert report_path(Path("/var/door.gallery")) == Path("/var/door.enrollment.json")


def test_the_report_tells_what_each_photo_gave(enrollment: Enrollment, tmp_path: Path) -> None:
    path = save_report(enrollment, tmp_path / "door.gallery")
    assert path == tmp_path / "door.enrollment.json"
    assert list(tmp_path.iterdir()) == [path]
    report = json.loads(path.read_text("utf-8"))
    assert report["schema_version"] == 1
    assert report["model_id"] == enrollment.gallery.model_id
    assert (report["model_name"], report["detector"]) == ("facenet int8", "blazeface")
    plain, mask = report["templates"]
    assert [(one["person"], one["look"], one["photos_used"]) for one in (plain, mask)] == [
        ("Kim", "", 3),
        ("Kim", "mask", 1),
    ]
    entries = {Path(one["path"]).stem: one for one in plain["photos"]}
    outcomes = {name: one["outcome"] for name, one in entries.items()}
    assert {outcomes.pop("2"), outcomes.pop("4")} == {"used", "repeated"}
    assert outcomes == {"1": "used", "3": "used", "5": "outlier", "6": "no_face"}
    assert set(entries["6"]) == {"path", "sha256", "outcome"}
    assert sum(one.get("share", 0) for one in entries.values()) == pytest.approx(1, abs=1e-3)
    for name in ("1", "3"):
        assert entries[name]["share"] > 0.2
        assert entries[name]["likeness"] > 0.9
        assert 0 < entries[name]["quality_weight"] <= 1
    assert entries["5"]["share"] == 0
    assert entries["5"]["likeness"] < 0.5


def test_the_report_is_its_owners_only_and_holds_no_embedding(
    enrollment: Enrollment, tmp_path: Path
) -> None:
    path = save_report(enrollment, tmp_path / "door.gallery")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    numbers = json.dumps(json.loads(path.read_text("utf-8"))).count("0.")
    assert numbers <= 4 * len(enrollment.records)


def test_an_old_report_is_replaced_whole(enrollment: Enrollment, tmp_path: Path) -> None:
    report_path(tmp_path / "door.gallery").write_text("old" * 100_000)
    path = save_report(enrollment, tmp_path / "door.gallery")
    assert json.loads(path.read_text("utf-8"))["schema_version"] == 1


def test_a_report_that_cannot_be_written_is_told(enrollment: Enrollment, tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match=r"the report on it.*cannot be written: No such file"):
        save_report(enrollment, tmp_path / "gone" / "door.gallery")
    assert list(tmp_path.iterdir()) == []


def test_the_table_has_a_line_a_photo(enrollment: Enrollment) -> None:
    head, *lines = table(enrollment)
    assert head.split() == ["outcome", "weight", "share", "cosine", "photo"]
    assert len(lines) == len(enrollment.records) == 7
    words = {Path(line.split()[-1]).parent.name + Path(line).stem: line.split() for line in lines}
    assert words["Kim6"][:1] == ["no_face"]
    assert len(words["Kim6"]) == 2
    assert words["Kim5"][0] == "outlier"
    assert words["Kim5"][2] == "0.00"
    assert words["mask1"][0] == "used"
    assert words["mask1"][2:4] == ["1.00", "1.00"]


def test_nearness_is_told_in_the_metric_asked_for(enrollment: Enrollment, tmp_path: Path) -> None:
    path = save_report(enrollment, tmp_path / "door.gallery", Metric.ANGULAR)
    report = json.loads(path.read_text("utf-8"))
    photos = [one for template in report["templates"] for one in template["photos"]]
    measured = [one for one in photos if "value" in one]
    assert report["metric"] == "angular"
    for one in measured:
        assert one["value"] == pytest.approx(np.arccos(one["likeness"]) / np.pi, abs=5e-3)
    head, *_ = table(enrollment, Metric.EUCLIDEAN)
    assert "euclidean" in head.split()


def test_a_name_that_is_no_utf_8_can_be_told(models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos" / "Kim"
    write(folder / os.fsdecode(b"\xff1.png"), alone())
    made = enroll_folder(folder.parent, recognizer(models_dir), "facenet int8")
    report = json.loads(save_report(made, tmp_path / "door.gallery").read_text("utf-8"))
    assert report["templates"][0]["photos"][0]["path"].endswith(r"Kim/\udcff1.png")
    read = load_report(tmp_path / "door.gallery")
    assert read is not None
    assert [one.path for one in read.photos_of("Kim")] == [made.records[0].photo.path]
    assert list(table(made))[1].endswith(r"Kim/\udcff1.png")
