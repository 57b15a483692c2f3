"""What the store has for publication."""

from datetime import timedelta
from pathlib import Path

import pytest
from support.publisher import Publisher
from support.stored import NOW, RULES, door_file, faces, people

from faceidd.errors import PublishError, StoreError
from faceidd.publish.from_store import editions_of, remember, require_doors, versions_in
from faceidd.store.schema import init_store
from faceidd.store.store import Store


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Where a store with two groups of people is."""
    path = str(tmp_path / "people.store")
    init_store(path)
    vectors = faces(4)
    with Store(path) as store:
        for group, some in (("staff", (0, 1)), ("night", (2, 3))):
            gallery = people({f"p{one}": vectors[one] for one in some}, groups=(group,))
            assert store.add(gallery, RULES, NOW).done
    return path


def test_doors_that_share_site_groups_and_model_share_an_edition(address: str) -> None:
    with Store(address) as store:
        for door in ("front", "back"):
            store.add_door(door_file(door), "seoul", ["staff"], NOW)
        store.add_door(door_file("gate"), "seoul", ["staff", "night"], NOW)
        store.add_door(door_file("old"), "seoul", ["staff"], NOW)
        store.revoke_door("old", NOW + timedelta(days=1))
        assert len(editions_of(store, ["seoul"])) == 2
        assert editions_of(store, ["busan"]) == ()
        editions = editions_of(store)
    found = {
        tuple(door.id for door in one.doors): [person.id for person in one.gallery.people]
        for one in editions
    }
    assert found == {("back", "front"): ["p0", "p1"], ("gate",): ["p0", "p1", "p2", "p3"]}


def test_a_door_of_a_model_that_nobody_is_enrolled_with_is_told(address: str) -> None:
    with Store(address) as store:
        store.add_door(door_file("front", model_id="b" * 64), "seoul", ["staff"], NOW)
        with pytest.raises(StoreError):
            editions_of(store)


def test_the_store_remembers_each_version_once(address: str, publisher: Publisher) -> None:
    with Store(address) as store:
        store.add_door(door_file("front"), "seoul", ["staff"], NOW)
        assert versions_in(store) == {}
        publisher.publish(*editions_of(store), floors=versions_in(store))
        done = publisher.publish(*editions_of(store), floors=versions_in(store))
        for _ in range(2):
            remember(store, done.plan)
        (one,) = store.publications()
        assert (one.version, one.people, one.sha256) == (1, 2, done.plan[0].version.sha256)
        assert versions_in(store) == {one.edition: 1}


def test_a_store_without_doors_withdraws_nothing_by_mistake(
    address: str, publisher: Publisher, tmp_path: Path
) -> None:
    with Store(address) as store:
        require_doors(store, publisher.folder)
        store.add_door(door_file("front"), "seoul", ["staff"], NOW)
        publisher.publish(*editions_of(store))
        store.revoke_door("front", NOW + timedelta(days=1))
        require_doors(store, publisher.folder)  # that is meant
    init_store(str(tmp_path / "other.store"))
    told = pytest.raises(PublishError, match="has no door at all")
    with Store(str(tmp_path / "other.store")) as other, told:
        require_doors(other, publisher.folder)
