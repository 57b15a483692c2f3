from support.synced_door import SyncedDoor, people

from faceidd.gallery.file import gallery_bytes
from faceidd.sync.outcome import Way


def test_the_first_sync_works_from_the_trust_file_alone(door: SyncedDoor) -> None:
    door.publish(5, 1)
    outcome = door.sync()
    assert (outcome.way, outcome.version) == (Way.WHOLE, 1)
    assert door.gallery.read_bytes() == gallery_bytes(people(5, 1))
    assert door.gallery.stat().st_mode & 0o777 == 0o600


def test_what_did_not_change_costs_two_requests_and_nothing_else(good_door: SyncedDoor) -> None:
    before = good_door.gallery.stat()
    outcome = good_door.sync()
    assert outcome.way is Way.NOTHING_NEW
    assert [path for path, _ in good_door.site.asked] == [
        "/metadata/2.root.json",
        "/metadata/timestamp.json",
    ]
    assert outcome.received == 0
    assert good_door.gallery.stat() == before


def test_a_later_version_comes_as_a_delta(good_door: SyncedDoor) -> None:
    good_door.publish(6, 2, changed=1)
    assert good_door.sync().way is Way.DELTA
    assert good_door.gallery.read_bytes() == gallery_bytes(people(6, 2, changed=1))


def test_versions_are_skipped(good_door: SyncedDoor) -> None:
    for version in (2, 3):
        good_door.publish(5, version, changed=1)
    assert good_door.sync().way is Way.DELTA
    for version in (4, 5, 6, 7, 8):
        good_door.publish(5, version, changed=1)
    assert good_door.sync().way is Way.WHOLE
    assert good_door.status.held is not None
    assert good_door.status.held.version == 8


def test_a_gallery_that_was_changed_by_hand_is_fetched_whole(good_door: SyncedDoor) -> None:
    good_door.gallery.write_bytes(b"spoiled")
    assert good_door.sync().way is Way.WHOLE
    good_door.gallery.unlink()
    assert good_door.sync().way is Way.WHOLE
    assert good_door.known == 5
