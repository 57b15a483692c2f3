"""A person's record, in an archive."""

import json
import os
import zipfile
from pathlib import Path

import pytest
from support.kept_people import KeptPeople

from faceidd.enroll.report_file import load_report
from faceidd.errors import GalleryError
from faceidd.gallery.file import load_gallery
from faceidd.gallery.revision import find_person
from faceidd.rights.export import export_person


@pytest.fixture
def kept(tmp_path: Path) -> KeptPeople:
    return KeptPeople(tmp_path)


def export(kept: KeptPeople, archive: Path) -> int:
    gallery = load_gallery(kept.gallery)
    return export_person(gallery, find_person(gallery, "Kim"), load_report(kept.gallery), archive)


def test_a_record_and_all_photos_are_in_it(kept: KeptPeople, tmp_path: Path) -> None:
    assert export(kept, tmp_path / "Kim.zip") == 3
    with zipfile.ZipFile(tmp_path / "Kim.zip") as packed:
        record = json.loads(packed.read("record.json"))
        files = {Path(one["path"]).stem: packed.read(one["file"]) for one in record["photos"]}
    assert files == {name: kept.photos[name].read_bytes() for name in ("Kim1", "Kim2", "Kim3")}
    assert record["templates"][0]["vector"] == [1, 0, 0]


@pytest.mark.parametrize("moment", [0, 4_400_000_000])
def test_a_photo_of_a_time_that_no_zip_can_tell_is_in_it(
    kept: KeptPeople, tmp_path: Path, moment: int
) -> None:
    os.utime(kept.photos["Kim1"], (moment, moment))
    assert export(kept, tmp_path / "Kim.zip") == 3


def test_nothing_is_left_where_a_photo_cannot_be_read(kept: KeptPeople, tmp_path: Path) -> None:
    kept.photos["Kim2"].unlink()
    kept.photos["Kim2"].symlink_to("/proc/self/mem")
    with pytest.raises(GalleryError, match="Input/output error"):
        export(kept, tmp_path / "Kim.zip")
    assert not (tmp_path / "Kim.zip").exists()
