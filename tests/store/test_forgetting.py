"""Forgetting, giving and copying what a store keeps."""

import json
import platform
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from support.kept_people import KeptPeople
from support.stored import NOW, RULES, door_file, faces, people

from faceidd.enroll.report_file import load_report
from faceidd.errors import GalleryError, StoreError
from faceidd.gallery.file import load_gallery
from faceidd.store import tables
from faceidd.store.addition import Leave
from faceidd.store.backup import back_up
from faceidd.store.examination import examine
from faceidd.store.export import export_stored
from faceidd.store.forgetting import forget_stored
from faceidd.store.publication import Publication
from faceidd.store.schema import init_store
from faceidd.store.store import Store

ELSEWHERE = "another-machine"


@pytest.fixture
def kept(tmp_path: Path) -> KeptPeople:
    return KeptPeople(tmp_path)


def fill(store: Store, kept: KeptPeople) -> None:
    report = load_report(kept.gallery)
    assert report is not None
    added = store.add(load_gallery(kept.gallery), RULES, NOW, entries=report.templates)
    assert added.done


def test_all_that_is_kept_of_a_person_is_removed_and_told(store: Store, kept: KeptPeople) -> None:
    fill(store, kept)
    kept.gallery.unlink()
    kept.report_file.unlink()
    done, elsewhere = forget_stored(store, "Kim", [kept.cache.parent], elsewhere_gone=False)
    assert (done.missing, done.kept, done.look_at, elsewhere) == ([], [], [], ())
    assert len(done.told) == 1 + 3 + 1 + 1  # templates, photos, embeddings, the record
    assert {name for name, file in kept.photos.items() if file.exists()} == {"Lee1"}
    assert [one.person.name for one in store.people()] == ["Lee"]
    assert [one.name for one in store.gallery("a" * 64).people] == ["Lee"]
    with store.reading() as connection:
        for table in tables.metadata.sorted_tables:
            assert "Kim" not in str(connection.execute(table.select()).all())
    with pytest.raises(StoreError, match="nobody called Kim"):
        forget_stored(store, "Kim", [], elsewhere_gone=False)


def test_when_the_last_person_is_forgotten_the_gallery_is_one_of_nobody(store: Store) -> None:
    store.add(people({"Kim": faces(1)}), RULES, NOW)
    forget_stored(store, "Kim", [], elsewhere_gone=False)
    nobody = store.gallery("a" * 64)
    assert (nobody.people, nobody.vectors.shape) == ((), (0, 128))
    assert store.models() == ()
    assert store.add(people({"Kim": faces(1, 64)}, detector="mtcnn"), RULES, NOW).done


def test_a_photo_that_cannot_be_removed_keeps_the_person_known_but_in_no_gallery(
    store: Store, kept: KeptPeople
) -> None:
    fill(store, kept)
    stubborn = kept.photos["Kim2"]
    stubborn.unlink()
    stubborn.mkdir()
    (stubborn / "something").touch()
    done, _ = forget_stored(store, "Kim", [], elsewhere_gone=False)
    assert [path for path, _ in done.kept] == [stubborn]
    assert [one.name for one in store.gallery("a" * 64).people] == ["Lee"]
    assert [photo.file for one in store.entries("kim") for photo in one.photos] == [stubborn]
    (stubborn / "something").unlink()
    stubborn.rmdir()
    done, _ = forget_stored(store, "Kim", [], elsewhere_gone=False)
    assert done.missing == [stubborn]
    assert [one.person.name for one in store.people()] == ["Lee"]


def test_photos_of_another_machine_are_told_and_left_to_it(
    store: Store, kept: KeptPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(platform, "node", lambda: ELSEWHERE)
        fill(store, kept)
    done, elsewhere = forget_stored(store, "Kim", [], elsewhere_gone=False)
    assert [(one.machine, len(one.photos)) for one in elsewhere] == [(ELSEWHERE, 3)]
    assert all(file.exists() for file in kept.photos.values())
    assert done.missing == []
    assert store.find("Kim").holdings == ()
    _, elsewhere = forget_stored(store, "Kim", [], elsewhere_gone=True)
    assert elsewhere == ()
    assert [one.person.name for one in store.people()] == ["Lee"]


def test_a_person_is_given_all_that_is_kept(
    store: Store, kept: KeptPeople, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, kept)
    other = people({"kim": faces(1, 8)}, model_id="b" * 64)
    with monkeypatch.context() as patch:
        patch.setattr(platform, "node", lambda: ELSEWHERE)
        entry = store.entries("kim")[0].model_copy(update={"person": "kim"})
        store.add(other, RULES, NOW, entries=[entry])
    person, photos, elsewhere = export_stored(store, "Kim", tmp_path / "kim.zip")
    assert (person.id, photos, elsewhere) == ("kim", 3, 3)
    with zipfile.ZipFile(tmp_path / "kim.zip") as packed:
        record = json.loads(packed.read("record.json"))
        files = [packed.read(one["file"]) for one in record["photos"]]
    assert files == [kept.photos[name].read_bytes() for name in ("Kim1", "Kim2", "Kim3")]
    assert record["templates"][0]["vector"] == [1, 0, 0]
    assert record["other_models"][0]["templates"][0]["vector"] == faces(1, 8)[0].tolist()
    assert {one["machine"] for one in record["photos_elsewhere"]} == {ELSEWHERE}
    with pytest.raises(GalleryError, match="File exists"):
        export_stored(store, "Kim", tmp_path / "kim.zip")


def test_a_backup_is_a_store_with_all_that_was_in_it(
    store: Store, kept: KeptPeople, tmp_path: Path
) -> None:
    fill(store, kept)
    leave = Leave("twins", "admin")
    rules = replace(RULES, groups=("staff",), leave=leave)
    assert store.add(people({"Min": faces(1, 3), "Min 2": faces(1, 3)}), rules, NOW).done
    door = store.add_door(door_file(), "seoul", ["staff"], NOW)
    store.revoke_door("front", NOW)
    store.add_publication(Publication(door.edition, 1, "0" * 64, NOW, "a" * 64, 2))
    copy = str(tmp_path / "copy.store")
    assert back_up(store, copy) == 4
    with Store(copy) as other:
        assert other.people() == store.people()
        assert other.doors() == store.doors()
        assert other.publications() == store.publications()
        assert other.leaves("a" * 64) == {("Min", "Min 2"): "twins"}
        assert other.entries("kim") == store.entries("kim")
        mine, its = store.gallery("a" * 64), other.gallery("a" * 64)
        assert its.vectors.tobytes() == mine.vectors.tobytes()
        assert its.people == mine.people
    with pytest.raises(StoreError, match="a store at that address already"):
        back_up(store, copy)


def test_a_file_moves_to_postgresql(
    tmp_path: Path, kept: KeptPeople, postgres_address: str
) -> None:
    file = str(tmp_path / "people.store")
    init_store(file)
    with Store(file) as store:
        fill(store, kept)
        back_up(store, postgres_address)
        with Store(postgres_address) as moved:
            assert moved.people() == store.people()
            mine = store.gallery("a" * 64)
            assert moved.gallery("a" * 64).vectors.tobytes() == mine.vectors.tobytes()


def test_a_whole_store_is_found_whole(store: Store, kept: KeptPeople) -> None:
    fill(store, kept)
    found = examine(store)
    assert (found.people, [len(one.people) for one in found.galleries]) == (2, [2])
    assert found.database.startswith(("SQLite 3", "PostgreSQL 18"))


def test_a_damaged_template_is_found(store: Store, kept: KeptPeople) -> None:
    fill(store, kept)
    with store.writing() as connection:
        connection.execute(update(tables.templates).values(vector=faces(1, 3)[0] * 2))
    with pytest.raises(StoreError, match="not of unit length"):
        examine(store)


def test_a_row_that_belongs_to_nobody_is_found(tmp_path: Path) -> None:
    file = str(tmp_path / "people.store")
    init_store(file)
    with closing(sqlite3.connect(file)) as connection:  # which heeds no foreign keys by itself
        connection.execute("INSERT INTO faceidd_memberships VALUES ('nobody', 'staff')")
        connection.commit()
    with (
        Store(file) as store,
        pytest.raises(StoreError, match="a row of faceidd_memberships belongs to nothing"),
    ):
        examine(store)
