"""Forgetting somebody: in which order, and what is left for another time."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.kept_people import KeptPeople

from faceidd.enroll.report_file import load_report
from faceidd.errors import GalleryError
from faceidd.gallery.file import load_gallery
from faceidd.rights.forget import Forgotten, Places, forget


@pytest.fixture
def kept(tmp_path: Path) -> KeptPeople:
    return KeptPeople(tmp_path)


def forget_kim(kept: KeptPeople) -> Forgotten:
    return forget("Kim", Places(kept.gallery, None, (kept.cache.parent,)))


def people(kept: KeptPeople) -> list[str]:
    return [one.name for one in load_gallery(kept.gallery).people]


def entries(kept: KeptPeople, person: str) -> list[Path]:
    report = load_report(kept.gallery)
    assert report is not None
    return [one.path for one in report.photos_of(person)]


def test_nothing_is_left_of_them_and_all_of_the_others(kept: KeptPeople) -> None:
    done = forget_kim(kept)
    assert done.told == [
        f"1 templates of Kim in {kept.gallery}",
        *(str(kept.photos[name]) for name in ("Kim1", "Kim2", "Kim3")),
        f"3 embeddings in {kept.cache}",
        f"3 entries in {kept.report_file}",
    ]
    assert (done.missing, done.kept, done.look_at) == ([], [], [])
    assert people(kept) == ["Lee"]
    assert entries(kept, "Lee") == [kept.photos["Lee1"]]
    assert kept.photos["Lee1"].exists()
    with pytest.raises(GalleryError, match="nobody called Kim"):
        forget_kim(kept)


def _photo(kept: KeptPeople) -> Path:
    return kept.photos["Kim2"]


def _cache(kept: KeptPeople) -> Path:
    return kept.cache


def _aside(kept: KeptPeople) -> Path:
    """What a power cut has left of a gallery that was being written."""
    file = kept.gallery.with_name(f".{kept.gallery.name}.1")
    file.touch()
    return file


@pytest.mark.parametrize("which", [_photo, _cache, _aside])
def test_what_could_not_be_removed_is_removed_the_next_time(
    kept: KeptPeople, which: Callable[[KeptPeople], Path]
) -> None:
    file, aside = which(kept), kept.gallery.with_name("aside")
    file.rename(aside)
    file.mkdir()  # which cannot be unlinked, nor read
    done = forget_kim(kept)
    assert [path for path, _ in done.kept] == [file]
    assert people(kept) == ["Lee"], "the door forgets nevertheless"
    assert not kept.photos["Kim1"].exists()
    assert kept.photos["Kim2"] in entries(kept, "Kim")

    file.rmdir()
    aside.rename(file)
    done = forget_kim(kept)
    assert done.kept == []
    assert not kept.photos["Kim2"].exists()
    assert not [*kept.gallery.parent.glob(".*")]
    assert entries(kept, "Kim") == []
    with np.load(kept.cache) as tables:
        assert tables["digests"].tolist() == [kept.digest("Lee1")]


def test_a_photo_that_was_moved_is_told(kept: KeptPeople) -> None:
    kept.photos["Kim1"].rename(kept.gallery.with_name("holiday.jpg"))
    assert forget_kim(kept).missing == [kept.photos["Kim1"]]


def test_a_damaged_report_is_told_and_the_door_forgets(kept: KeptPeople) -> None:
    kept.report_file.write_text("{")
    ((path, why),) = forget_kim(kept).kept
    assert path == kept.report_file
    assert "it is damaged" in why
    assert "Enroll again" in why
    assert people(kept) == ["Lee"]
    with pytest.raises(GalleryError, match="it is damaged"):
        forget_kim(kept)


def test_a_file_of_another_program_is_left_and_told(kept: KeptPeople) -> None:
    file = kept.cache.with_name("thesis.npz")
    np.savez(file, measured=np.arange(3))
    before = file.read_bytes()
    ((path, why),) = forget_kim(kept).look_at
    assert (path, why) == (file, "it is no file of kept embeddings, and was left as it is")
    assert file.read_bytes() == before
