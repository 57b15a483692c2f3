import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from support.stored import MODEL, NOW, RULES, faces, people

from faceidd.enroll.report_file import PhotoEntry, TemplateEntry
from faceidd.errors import StoreError
from faceidd.gallery.consent import Consent
from faceidd.gallery.file import load_gallery, save_gallery
from faceidd.gallery.gallery import Gallery, Person
from faceidd.store.addition import Leave
from faceidd.store.enrollments import read_entries
from faceidd.store.store import Store


def names(gallery: Gallery) -> list[str]:
    return [one.name for one in gallery.people]


def test_a_gallery_comes_back_in_the_order_of_ids_bit_by_bit(store: Store) -> None:
    kim, lee, ann = faces(5)[:2], faces(5)[2:4], faces(5)[4]
    given = people({"Kim": kim, "ann": ann, "Lee": lee})
    assert store.add(given, RULES, NOW).done
    found = store.gallery(MODEL)
    assert names(found) == ["Kim", "Lee", "ann"]  # by code points, whatever the database's order
    order = [0, 1, 3, 4, 2]
    assert found.vectors.tobytes() == given.vectors[order].tobytes()
    assert found.norms.tobytes() == given.norms[order].tobytes()
    assert found.photos.tolist() == given.photos[order].tolist()
    assert found.owners.tolist() == [0, 0, 1, 1, 2]
    assert (found.model_name, found.detector) == (given.model_name, given.detector)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bits=some.lists(some.floats(-1, 1, width=32, allow_subnormal=True), min_size=1, max_size=6))
def test_every_bit_of_a_vector_survives(store: Store, bits: list[float]) -> None:
    vector = np.array([*bits, 0.0, -0.0, 1e-45], np.float32)
    square = float(vector.astype(np.float64) @ vector)
    if square > 1:
        vector /= np.float32(np.sqrt(square) * 1.0001)
        square = float(vector.astype(np.float64) @ vector)
    vector = np.append(vector, np.float32(np.sqrt(1 - square)))
    model = f"{len(vector):064x}"
    rules = replace(RULES, replaces=True)
    assert store.add(people({"Kim": vector}, model_id=model), rules, NOW).done
    assert store.gallery(model).vectors[0].tobytes() == vector.tobytes()


def test_models_of_several_lengths_lie_side_by_side(store: Store) -> None:
    for model, dimension in (("b", 192), ("c", 512), ("d", 128)):
        given = people(
            {"Kim": faces(1, dimension), "Lee": faces(2, dimension)[1]}, model_id=model * 64
        )
        assert store.add(given, RULES, NOW).done
        assert store.gallery(model * 64).vectors.tobytes() == given.vectors.tobytes()
        assert [one.other.name for one in store.similar("Kim", model * 64, 5)] == ["Lee"]
    assert [(one.dimension, one.people) for one in store.models()] == [(192, 2), (512, 2), (128, 2)]
    assert [one.model.dimension for one in store.find("Kim").holdings] == [192, 512, 128]


def test_all_that_is_recorded_of_a_person_comes_back(store: Store) -> None:
    kim = Person(
        "kim-1",
        "김민지",
        groups=("staff", "night"),
        valid_from=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=9))),
        expires_at=datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        consent=Consent("her mother", NOW, "2026-03 ko"),
    )
    store.add(replace(people({"x": faces(1)}), people=(kim,)), RULES, NOW)
    assert store.find("김민지").person == kim
    assert store.gallery(MODEL).people == (kim,)


def test_a_gallery_of_groups_holds_who_belongs_to_any_of_them(store: Store) -> None:
    for number, (name, groups) in enumerate(
        {"Kim": ("staff",), "Lee": ("guests", "night"), "Ann": (), "Bo": ("staff", "night")}.items()
    ):
        given = people({name: faces(4)[number]}, groups=groups)
        store.add(given, replace(RULES, groups=("all",)), NOW)
    assert names(store.gallery(MODEL, ["staff"])) == ["Bo", "Kim"]
    assert names(store.gallery(MODEL, ["staff", "guests"])) == ["Bo", "Kim", "Lee"]
    assert names(store.gallery(MODEL, ["all"])) == ["Ann", "Bo", "Kim", "Lee"]
    nobody = store.gallery(MODEL, ["no such group"])
    assert nobody.people == ()
    assert nobody.vectors.shape == (0, 128)
    assert [one.person.name for one in store.people(["night"])] == ["Bo", "Lee"]


def test_a_gallery_made_of_the_store_is_a_file_like_any(store: Store, tmp_path: Path) -> None:
    store.add(people({"Kim": faces(2), "Lee": faces(3)[2]}), RULES, NOW)
    save_gallery(store.gallery(MODEL), tmp_path / "one.gallery")
    found = load_gallery(tmp_path / "one.gallery")
    assert found.people == store.gallery(MODEL).people
    assert found.vectors.tobytes() == store.gallery(MODEL).vectors.tobytes()


def test_what_is_recorded_stays_when_somebody_is_enrolled_again(store: Store) -> None:
    store.add(people({"Kim": faces(1)}, groups=("staff",)), RULES, NOW)
    expiry = NOW + timedelta(days=9)
    store.change(["Kim"], lambda one: replace(one, name="Kim Minji", expires_at=expiry))
    again = people({"Kim": np.vstack([faces(1), faces(9)[8]])})
    done = store.add(again, replace(RULES, groups=("night",)), NOW)
    assert done.done
    assert done.new == ()
    assert [(one.name, photos) for one, photos in done.renewed] == [("Kim Minji", 1)]
    kim = store.find("Kim").person
    assert (kim.name, kim.groups, kim.expires_at) == ("Kim Minji", ("night", "staff"), expiry)
    assert store.gallery(MODEL).vectors.tobytes() == again.vectors.tobytes()


def test_another_person_of_the_same_id_is_refused(store: Store) -> None:
    mine = people({"Kim": faces(2)[0]})
    store.add(mine, RULES, NOW)
    other = people({"Lee": faces(4)[3], "Kim": faces(2)[1]})
    refused = store.add(other, RULES, NOW)
    assert not refused.done
    assert [one.name for one, _ in refused.unlike] == ["Kim"]
    assert store.gallery(MODEL).vectors.tobytes() == mine.vectors.tobytes()  # and no Lee
    assert store.add(other, replace(RULES, replaces=True), NOW).done
    assert names(store.gallery(MODEL)) == ["Kim", "Lee"]


def test_who_looks_like_somebody_else_is_refused_until_leave_is_given(store: Store) -> None:
    kim, lee = faces(2)
    near = (0.9 * kim + 0.1 * lee).astype(np.float32)
    near /= np.linalg.norm(near)
    store.add(people({"Kim": kim, "Lee": lee}), RULES, NOW)
    twin = people({"Min": near, "Ann": faces(3)[2]})
    refused = store.add(twin, RULES, NOW)
    assert not refused.done
    assert [(one.one.name, one.other.name) for one in refused.alike] == [("Min", "Kim")]
    assert refused.alike[0].similarity == pytest.approx(float(near @ kim), abs=1e-5)
    assert names(store.gallery(MODEL)) == ["Kim", "Lee"]
    leave = Leave("twins, checked by their papers", "admin")
    assert store.add(twin, replace(RULES, leave=leave), NOW).done
    assert store.add(twin, RULES, NOW).done  # the leave is remembered
    pairs = store.duplicates(MODEL, 0.7)
    assert [(one.one.name, one.other.name) for one in pairs] == [("Kim", "Min")]


def test_two_people_of_one_gallery_who_look_alike_are_refused(store: Store) -> None:
    both = people({"Kim": faces(1), "Min": faces(1), "Lee": faces(2)[1]})
    refused = store.add(both, RULES, NOW)
    assert not refused.done
    assert [(one.one.name, one.other.name) for one in refused.alike] == [("Kim", "Min")]
    assert store.people() == ()


def test_templates_of_another_detector_are_refused(store: Store) -> None:
    store.add(people({"Kim": faces(1)}), RULES, NOW)
    with pytest.raises(StoreError, match=r"from detector blazeface .* the gallery.s from mtcnn"):
        store.add(people({"Lee": faces(2)[1]}, detector="mtcnn"), RULES, NOW)


def test_a_model_that_nobody_has_is_named_with_those_there_are(store: Store) -> None:
    store.add(people({"Kim": faces(1)}), RULES, NOW)
    with pytest.raises(StoreError, match="bbbb; it has: model a"):
        store.gallery("b" * 64)


def test_a_name_that_two_people_bear_names_nobody(store: Store) -> None:
    store.add(people({"Kim": faces(1), "kim-2": faces(2)[1]}), RULES, NOW)
    store.change(["kim-2"], lambda one: replace(one, name="Min"))
    store.change(["Kim"], lambda one: replace(one, name="Min"))
    with pytest.raises(StoreError, match="2 people are called Min"):
        store.find("Min")
    with pytest.raises(StoreError, match="nobody called Park"):
        store.find("Park")


def test_a_name_that_is_no_text_is_nobodys(store: Store) -> None:
    for ask in (lambda: store.find("\udcff"), lambda: store.people(["\udcff"])):
        with pytest.raises(StoreError, match=r"'\\udcff' is no text"):
            ask()
    with pytest.raises(StoreError):
        store.find("Kim\0")


@pytest.mark.parametrize("name", ["", " Kim", "Kim\nLee", "K" * 201, "\ud800"])
def test_a_name_that_cannot_be_told_is_refused(store: Store, name: str) -> None:
    store.add(people({"Kim": faces(1)}), RULES, NOW)
    with pytest.raises(StoreError, match="cannot be called"):
        store.change(["Kim"], lambda one: replace(one, name=name))
    assert store.find("Kim").person.name == "Kim"


def test_photos_are_known_with_the_machine_they_lie_on(store: Store) -> None:
    def entry(*photos: str) -> TemplateEntry:
        told = [
            {"path": f"/{one}", "outcome": "used", "sha256": one * 64, "weight": 0.5}
            for one in photos
        ]
        return TemplateEntry.model_validate(
            {"person": "Kim", "look": "", "photos": told, "photos_used": 1}
        )

    given = people({"Kim": faces(1)})
    store.add(given, RULES, NOW, entries=[entry("a", "b")])
    store.add(given, RULES, NOW, entries=[entry("b", "c")])
    with store.reading() as connection:
        entries = read_entries(connection, "Kim")
    known = [(one.earlier, [photo.path for photo in one.photos]) for one in entries]
    assert known == [(True, ["/a"]), (False, ["/b", "/c"])]
    told = json.loads(entries[1].model_dump_json())
    assert told["photos_used"] == 1
    assert told["photos"][0]["weight"] == 0.5
    assert told["machine"]
    assert isinstance(entries[1].photos[0], PhotoEntry)
