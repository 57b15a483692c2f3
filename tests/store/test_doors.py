from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.stored import MODEL, NOW, door_file

from faceidd.errors import StoreError
from faceidd.store.backup import back_up
from faceidd.store.door_record import edition_id
from faceidd.store.publication import Publication
from faceidd.store.store import Store


def test_doors_come_back_in_the_order_of_their_ids(store: Store) -> None:
    side = store.add_door(door_file("side"), "seoul", ["staff", "night", "staff"], NOW)
    front = store.add_door(door_file("front"), "busan", ["staff"], NOW)
    assert store.doors() == (front, side)
    assert side.groups == ("night", "staff")
    assert store.door("side") == side


def test_doors_of_one_site_groups_and_model_share_an_edition(store: Store) -> None:
    one = store.add_door(door_file("one"), "seoul", ["b", "a"], NOW)
    two = store.add_door(door_file("two"), "seoul", ["a", "b"], NOW)
    other = store.add_door(door_file("three", model_id="b" * 64), "seoul", ["a", "b"], NOW)
    assert one.edition == two.edition == edition_id("seoul", ("a", "b"), MODEL)
    assert other.edition != one.edition


def test_an_edition_is_the_digest_that_doors_know_it_by() -> None:
    # printf "seoul\na\nb\nm" | sha256sum
    assert edition_id("seoul", ("b", "a"), "m") == "16728e93268df4be"


def test_a_second_door_of_an_id_must_be_meant(store: Store) -> None:
    old = store.add_door(door_file(), "seoul", ["staff"], NOW)
    new = door_file()
    with pytest.raises(StoreError, match="a door front already"):
        store.add_door(new, "seoul", ["staff"], NOW)
    assert store.doors() == (old,)
    store.add_door(new, "seoul", ["staff"], NOW, replaces=True)
    assert [one.recipient for one in store.doors()] == [new.recipient]


def test_two_doors_cannot_share_a_key(store: Store) -> None:
    store.add_door(door_file("one"), "seoul", ["staff"], NOW)
    copy = door_file().model_copy(update={"recipient": store.door("one").recipient})
    with pytest.raises(StoreError, match="door one has the same key"):
        store.add_door(copy, "seoul", ["staff"], NOW)


def test_a_revoked_door_stays_known_and_serves_again_when_it_is_reinstated(store: Store) -> None:
    file = door_file()
    store.add_door(file, "seoul", ["staff"], NOW)
    store.revoke_door("front", NOW)
    store.revoke_door("front", NOW + timedelta(days=1))
    assert store.door("front").revoked_at == NOW
    later = NOW + timedelta(days=2)
    with pytest.raises(StoreError, match="was revoked or replaced at"):
        store.add_door(file, "seoul", ["staff"], later, replaces=True)
    assert store.door("front").revoked_at == NOW
    again = store.add_door(file, "seoul", ["staff"], later, replaces=True, reinstates=True)
    assert store.door("front") == again
    assert again.revoked_at is None
    store.add_door(file, "seoul", ["staff"], later, replaces=True)  # it is a door like any


def test_a_revoked_key_is_remembered_when_its_door_is_replaced_or_removed(store: Store) -> None:
    stolen = door_file()
    store.add_door(stolen, "seoul", ["staff"], NOW)
    store.revoke_door("front", NOW)
    store.add_door(door_file(), "seoul", ["staff"], NOW, replaces=True)
    for name in ("front", "side"):
        with pytest.raises(StoreError, match="was revoked or replaced at"):
            store.add_door(
                stolen.model_copy(update={"door": name}), "seoul", ["staff"], NOW, replaces=True
            )
    store.remove_door("front")
    with pytest.raises(StoreError, match="was revoked or replaced at"):
        store.add_door(stolen, "seoul", ["staff"], NOW)
    assert store.doors() == ()


def test_a_key_that_was_replaced_is_not_taken_again_by_mistake(store: Store) -> None:
    old = door_file()
    store.add_door(old, "seoul", ["staff"], NOW)
    store.add_door(door_file(), "seoul", ["staff"], NOW, replaces=True)
    with pytest.raises(StoreError, match="was revoked or replaced at"):
        store.add_door(old, "seoul", ["staff"], NOW, replaces=True)


def test_a_backup_remembers_revoked_keys(store: Store, tmp_path: Path) -> None:
    file, copy = door_file(), str(tmp_path / "copy.sqlite")
    store.add_door(file, "seoul", ["staff"], NOW)
    store.revoke_door("front", NOW)
    store.remove_door("front")
    back_up(store, copy)
    with Store(copy) as new, pytest.raises(StoreError, match="was revoked or replaced at"):
        new.add_door(file, "seoul", ["staff"], NOW)


def test_a_door_is_changed_and_removed(store: Store) -> None:
    store.add_door(door_file(), "seoul", ["staff"], NOW)
    store.change_door("front", lambda door: replace(door, site="busan", groups=("guests",)))
    assert (store.door("front").site, store.door("front").groups) == ("busan", ("guests",))
    store.remove_door("front")
    assert store.doors() == ()
    for act in (store.remove_door, store.door, lambda door: store.revoke_door(door, NOW)):
        with pytest.raises(StoreError, match="no door is called front"):
            act("front")


@pytest.mark.parametrize("groups", [(), ("",), ("a\nb",), ("g" * 201,)])
def test_a_door_for_nobody_or_for_no_name_is_refused(store: Store, groups: tuple[str, ...]) -> None:
    with pytest.raises(StoreError):
        store.add_door(door_file(), "seoul", groups, NOW)
    assert store.doors() == ()


def test_versions_of_an_edition_only_go_up(store: Store) -> None:
    first = Publication("e" * 16, 1, "a" * 64, NOW, MODEL, 3)
    store.add_publication(first)
    store.add_publication(replace(first, edition="f" * 16))
    third = replace(first, version=3)
    store.add_publication(third)
    for version in (2, 3):
        with pytest.raises(StoreError, match="cannot follow version 3"):
            store.add_publication(replace(first, version=version))
    assert store.publications("e" * 16) == (first, third)
    assert len(store.publications()) == 3
