"""`faceidd store`: an admin's way through it; what the databases do is tested beside the store."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.kept_people import KeptPeople
from support.people import embedding, gallery
from support.photo_files import alone, write
from support.portraits import EILEEN

from faceidd.cli.main import main
from faceidd.gallery.file import load_gallery, save_gallery
from faceidd.gallery.key import make_key
from faceidd.models.pack import load_embedder

REFUSED = 12


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptPeople:
    monkeypatch.setenv("FACEIDD_STORE", str(tmp_path / "people.store"))
    assert main(["store", "init"]) == 0
    return KeptPeople(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *command: str, ends: int = 0) -> str:
    capsys.readouterr()
    assert main(["store", *command]) == ends
    told = capsys.readouterr()
    return told.out + told.err


def add(kept: KeptPeople, capsys: pytest.CaptureFixture[str], *more: str, ends: int = 0) -> str:
    return run(capsys, "add", str(kept.gallery), "--alike", "0.7", *more, ends=ends)


def test_people_are_added_listed_and_shown(
    kept: KeptPeople, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "took 2 people into" in add(kept, capsys, "--groups", "staff, night")
    assert "known already: Kim (kim): 1 photos are replaced" in add(kept, capsys)
    listed = run(capsys, "list")
    assert "Kim (kim)  night,staff  1          1" in listed
    assert "2 people in" in listed
    assert "0 people in" in run(capsys, "list", "--groups", "guests")
    record = json.loads(run(capsys, "list", "--json").splitlines()[0])
    assert (record["id"], record["groups"]) == ("kim", ["night", "staff"])
    shown = run(capsys, "show", "Kim")
    assert "templates  1, facenet int8, of 1 photos" in shown
    assert str(kept.photos["Kim3"]) in shown
    assert "the store is whole" in run(capsys, "check")


def test_who_looks_like_somebody_else_is_refused_by_name(
    kept: KeptPeople, capsys: pytest.CaptureFixture[str]
) -> None:
    add(kept, capsys)
    save_gallery(gallery({"Min": [embedding(1, 0.1, 0)]}), kept.gallery)
    assert "Min (min) looks like Kim (kim) (0.995)" in add(kept, capsys, ends=REFUSED)
    assert "without a reason" in add(kept, capsys, "--allow-duplicates", ends=REFUSED)
    allowed = add(kept, capsys, "--allow-duplicates", "--reason", "twins")
    assert "allowed: Min (min) looks like Kim (kim)" in allowed
    told = run(capsys, "duplicates", "--alike", "0.7")
    assert " 0.995  Kim (kim), Min (min)  (allowed: twins)" in told
    assert "0 pairs look alike from 0.7 on, 1 more are allowed to; of 3 people" in told
    assert run(capsys, "duplicates", "Kim", "--top", "1") == " 0.995  Min (min)\n"


def test_somebody_else_does_not_take_a_name(
    kept: KeptPeople, capsys: pytest.CaptureFixture[str]
) -> None:
    add(kept, capsys)
    save_gallery(gallery({"Kim": [embedding(0, 0, 1)]}), kept.gallery)
    refused = add(kept, capsys, ends=REFUSED)
    assert "Kim (kim) does not look like who has that name (0.000)" in refused
    assert "--replace-people" in refused
    add(kept, capsys, "--replace-people")


def test_what_is_recorded_is_changed_of_all_or_of_nobody(
    kept: KeptPeople, capsys: pytest.CaptureFixture[str]
) -> None:
    add(kept, capsys, "--groups", "staff,night")
    run(
        capsys, "set", "Kim", "Lee", "--add-groups", "lab", "--drop-groups", "night",
        "--from", "2026-01-01", "--until", "2026-12-31", "--consent", "2026-03 ko",
    )  # fmt: skip
    listed = run(capsys, "list")
    assert listed.count("lab,staff") == 2
    assert listed.count("2026-01-01  2026-12-31") == 2
    run(capsys, "set", "Kim", "nobody", "--groups", "x", ends=REFUSED)
    run(capsys, "set", "Kim", "Lee", "--name", "x", ends=REFUSED)
    run(capsys, "set", "Kim", "--by", "x", ends=REFUSED)
    assert run(capsys, "list").count("lab,staff") == 2
    run(capsys, "set", "Kim", "--name", "Kim Minji", "--groups", "", "--from", "ever", "--withdraw")
    assert "Kim Minji (kim)  none       1          1                   2026-12-31  none" in run(
        capsys, "list"
    )


def test_a_gallery_a_backup_and_a_record_are_written(
    kept: KeptPeople, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    add(kept, capsys, "--groups", "staff")
    file, copy = tmp_path / "door.gallery", tmp_path / "copy.store"
    assert "2 people of staff, for facenet int8" in run(
        capsys, "gallery", str(file), "--groups", "staff", "--model", "facenet int8"
    )
    assert [one.id for one in load_gallery(file).people] == ["kim", "lee"]
    key, sealed = make_key(tmp_path / "key"), tmp_path / "sealed.gallery"
    run(capsys, "gallery", str(sealed), "--key-file", str(tmp_path / "key"))
    assert [one.id for one in load_gallery(sealed, key).people] == ["kim", "lee"]
    assert b"Kim" not in sealed.read_bytes()
    assert "has no model dlib" in run(capsys, "gallery", str(file), "--model", "dlib", ends=REFUSED)
    assert "copied 2 people" in run(capsys, "backup", "--to", str(copy))
    assert "2 people in" in run(capsys, "list", "--store", str(copy))
    assert "with 3 photos" in run(capsys, "export", "Kim", "--to", str(tmp_path / "kim.zip"))


def test_a_person_is_forgotten(kept: KeptPeople, capsys: pytest.CaptureFixture[str]) -> None:
    add(kept, capsys)
    told = run(capsys, "forget", "Kim", "--cache", str(kept.cache.parent))
    assert "removed: 3 embeddings in" in told
    assert not kept.photos["Kim1"].exists()
    assert "nobody called Kim" in run(capsys, "show", "Kim", ends=REFUSED)


def test_the_threshold_is_that_of_the_models_pack(
    kept: KeptPeople, capsys: pytest.CaptureFixture[str], models_dir: Path
) -> None:
    manifest = load_embedder(models_dir, "facenet").manifest
    model_id = manifest.model_id("int8")
    save_gallery(replace(load_gallery(kept.gallery), model_id=model_id), kept.gallery)
    run(capsys, "add", str(kept.gallery), "--models", str(models_dir))
    told = run(capsys, "duplicates", "--models", str(models_dir))
    assert f"from {manifest.thresholds['cosine']:g} on" in told
    none = str(kept.gallery.parent)
    assert "--alike" in run(capsys, "duplicates", "--models", none, ends=REFUSED)


@pytest.mark.usefixtures("kept")
def test_photos_are_enrolled_into_a_store_in_one_step(
    capsys: pytest.CaptureFixture[str], models_dir: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "faces" / "Eileen" / "1.jpg"
    write(photo, alone(EILEEN))
    store, file = str(tmp_path / "people.store"), str(tmp_path / "new.gallery")
    enroll = ["enroll", "folder", str(photo.parents[1]), "--models", str(models_dir)]
    enroll += ["--gallery", file, "--store", store, "--groups", "staff"]
    assert main(enroll) == 0
    assert "took 1 people into" in capsys.readouterr().out
    shown = run(capsys, "show", "Eileen")
    assert "groups     staff" in shown
    assert str(photo) in shown
    assert main([*enroll, "--add"]) == 0
    assert "known already: Eileen: 1 photos are replaced" in capsys.readouterr().out


def test_what_a_store_needs_is_named_where_it_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("faceidd.cli.store_options.find_spec", {"pgvector": True}.get)
    assert main(["store", "list", "--store", str(tmp_path / "people.store")]) == 12
    assert "a store needs psycopg, which is not installed" in capsys.readouterr().err


def test_options_for_a_store_need_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["enroll", "folder", str(tmp_path), "--groups", "staff"]) == REFUSED
    assert "name it: --store" in capsys.readouterr().err.lower()
    none = str(tmp_path / "none.store")
    assert main(["enroll", "folder", str(tmp_path), "--store", none]) == REFUSED
    assert "faceidd store init" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--groups", "a,,b"], ["--alike", "0"], ["--alike", "1.1"]])
def test_wrong_words_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["store", "add", "x.gallery", *words])
    assert ended.value.code == 2
