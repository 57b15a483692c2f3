import fcntl
from dataclasses import replace

import pytest
from support.synced_door import SyncedDoor, people

from faceidd.gallery.file import gallery_bytes, save_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.sync.outcome import Way
from faceidd.sync.place import GalleryPlace
from faceidd.sync.refused import Reason, RefusedError


def test_the_first_sync_works_from_the_trust_file_alone(door: SyncedDoor) -> None:
    door.publish(5, 1)
    outcome = door.sync()
    assert (outcome.way, outcome.version) == (Way.WHOLE, 1)
    assert door.gallery.read_bytes() == gallery_bytes(people(5, 1))
    assert door.gallery.stat().st_mode & 0o777 == 0o600


def test_a_door_that_is_published_for_by_another_name_is_warned(
    door: SyncedDoor, caplog: pytest.LogCaptureFixture
) -> None:
    door.publish(5, 1)
    for name, warned in (("front", False), (None, False), ("side", True)):
        caplog.clear()
        door.settings = replace(door.settings, door=name)
        door.sync()
        assert ("this door is side, and published for as front" in caplog.text) is warned


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


def test_a_revoked_door_knows_nobody_and_one_that_is_taken_back_knows_all(
    good_door: SyncedDoor,
) -> None:
    good_door.repository.revoke(good_door.recipient)
    good_door.repository.publish()
    outcome = good_door.sync()
    assert (outcome.way, outcome.version, good_door.known) == (Way.REVOKED, 1, 0)
    before = good_door.gallery.stat()
    assert good_door.sync().way is Way.REVOKED
    assert good_door.gallery.stat() == before
    good_door.publish(5, 1)
    good_door.sync()
    assert good_door.known == 5


def test_a_door_that_was_never_assigned_keeps_the_gallery_that_was_made_by_hand(
    door: SyncedDoor,
) -> None:
    save_gallery(people(3, 0), door.gallery)
    before = door.gallery.read_bytes()
    door.repository.publish()
    for _ in range(2):
        with pytest.raises(RefusedError) as caught:
            door.sync()
        assert caught.value.reason is Reason.NOT_ASSIGNED
    assert door.gallery.read_bytes() == before
    door.publish(5, 1)
    door.sync()
    assert door.known == 5


def test_a_door_that_lost_its_status_is_revoked_nevertheless(good_door: SyncedDoor) -> None:
    (good_door.settings.state / "status.json").write_bytes(b"torn")
    good_door.repository.revoke(good_door.recipient)
    good_door.repository.publish()
    assert good_door.sync().way is Way.REVOKED
    assert good_door.known == 0


def test_a_door_whose_gallerys_key_is_gone_is_revoked_nevertheless(good_door: SyncedDoor) -> None:
    place = GalleryPlace(good_door.gallery, good_door.folder / "gallery.key")
    good_door.settings = replace(good_door.settings, place=place)
    good_door.repository.revoke(good_door.recipient)
    good_door.repository.publish()
    outcome = good_door.sync()
    assert (outcome.way, outcome.version, good_door.known) == (Way.REVOKED, 1, 0)
    assert good_door.sync().way is Way.REVOKED


def test_a_revoked_person_is_gone_with_the_next_sync(good_door: SyncedDoor) -> None:
    good_door.publish(4, 2)
    assert good_door.sync().way is Way.DELTA
    assert good_door.known == 4


def test_a_door_that_moves_to_another_edition_takes_its_own_numbers(good_door: SyncedDoor) -> None:
    good_door.publish(6, 9)
    good_door.sync()
    good_door.repository.edit(people(2, 3), [good_door.recipient], deltas=0, edition="a" * 16)
    good_door.repository.publish()
    outcome = good_door.sync()
    assert (outcome.edition, outcome.version, good_door.known) == ("a" * 16, 3, 2)
    good_door.repository.edit(people(6, 8), [good_door.recipient], deltas=0)
    good_door.repository.publish()
    with pytest.raises(RefusedError, match="had 9"):
        good_door.sync()


def test_what_nobody_foresaw_is_written_down_and_raised(good_door: SyncedDoor) -> None:
    def broken(_gallery: Gallery) -> None:
        raise RecursionError

    good_door.settings = replace(good_door.settings, try_out=broken)
    good_door.publish(6, 2)
    for count in (1, 2):
        with pytest.raises(RecursionError):
            good_door.sync()
        failure = good_door.status.failure
        assert failure is not None
        assert (failure.reason, failure.count) == (Reason.FAULT, count)
        assert "RecursionError" in failure.text
    assert good_door.known == 5


def test_a_second_sync_at_the_same_time_is_refused(good_door: SyncedDoor) -> None:
    with (good_door.settings.state / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RefusedError) as caught:
            good_door.sync()
    assert caught.value.reason is Reason.BUSY


def test_a_delta_that_does_not_serve_is_made_good_by_the_whole(good_door: SyncedDoor) -> None:
    document = good_door.repository.edit(people(6, 2), [good_door.recipient])
    good_door.repository.put(document["deltas"][0]["target"], b"no delta")
    good_door.repository.publish()
    assert good_door.sync().way is Way.WHOLE
    assert good_door.known == 6
