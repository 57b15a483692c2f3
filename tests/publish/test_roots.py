"""Keys change, are lost and stolen; doors that trusted the first root follow."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from support.publisher import NOW, Door, Publisher, crowd, make_publisher
from tuf.api.exceptions import ExpiredMetadataError, UnsignedMetadataError
from tuf.api.metadata import Metadata, Timestamp

from faceidd.errors import PublishError
from faceidd.publish.advance import Advanced
from faceidd.publish.edition import Edition
from faceidd.publish.pending import Pending
from faceidd.publish.repository import Repository, accepts
from faceidd.publish.roots import change_root, with_key, with_threshold, without_key
from faceidd.publish.settings import ONLINE, RoleName
from faceidd.publish.signed_copy import take_signatures
from faceidd.publish.status import read_status


def _rotate(
    publisher: Publisher, roles: tuple[RoleName, ...], old: str, new: str, *keys: str
) -> Advanced:
    changes = [
        change
        for role in roles
        for change in (without_key(role, old), with_key(role, publisher.key(new)))
    ]
    with publisher.folder.locked():
        change_root(publisher.folder, changes, publisher.now)
    return publisher.advance(*keys)


@pytest.mark.parametrize(
    ("roles", "old", "new"),
    [
        (("root",), "root-1", "root-4"),
        (("targets",), "targets-1", "targets-3"),
        (ONLINE, "online-1", "online-2"),
    ],
    ids=["root", "targets", "online"],
)
def test_a_door_follows_a_key_that_is_exchanged(
    publisher: Publisher, door: Door, roles: tuple[RoleName, ...], old: str, new: str
) -> None:
    publisher.publish(Edition(crowd("Ada"), (door.record,)))
    door.updater(publisher)
    assert not _rotate(publisher, roles, old, new).waiting
    del publisher.signers[old]
    publisher.publish(Edition(crowd("Ada", "Bo"), (door.record,)))
    updater = door.updater(publisher)
    assert door.read(updater, f"galleries/{door.record.edition}/2.age")
    status = {one.role: one for one in read_status(publisher.folder, NOW).roles}
    assert {status[role].keys for role in roles} == {status[roles[0]].keys}
    assert new in status[roles[0]].keys
    assert old not in status[roles[0]].keys


def test_at_every_moment_of_an_exchange_doors_are_served(publisher: Publisher) -> None:
    before = Repository(publisher.folder).published()
    _rotate(publisher, ONLINE, "online-1", "online-2")
    after = Repository(publisher.folder).published()
    assert before is not None
    assert after is not None
    assert after.timestamp.signed.version == before.timestamp.signed.version + 1
    for root in (before.root, after.root):
        assert accepts(root, after.timestamp)
        assert accepts(root, after.snapshot)


def test_one_lost_root_key_is_replaced_by_the_others(publisher: Publisher, door: Door) -> None:
    del publisher.signers["root-2"]
    assert not _rotate(publisher, ("root",), "root-2", "root-4").waiting
    del publisher.signers["root-3"]
    assert not _rotate(publisher, ("root",), "root-3", "root-5", "root-1", "root-4").waiting
    door.updater(publisher)


def test_a_lost_online_key_is_replaced_without_it(publisher: Publisher, door: Door) -> None:
    publisher.publish(Edition(crowd("Ada"), (door.record,)))
    del publisher.signers["online-1"]
    assert not _rotate(publisher, ONLINE, "online-1", "online-2").waiting
    assert door.read(door.updater(publisher), f"galleries/{door.record.edition}/1.age")


def test_a_lost_targets_key_is_replaced_without_it(publisher: Publisher, door: Door) -> None:
    publisher.publish(Edition(crowd("Ada"), (door.record,)), keys=["targets-1", "online-1"])
    del publisher.signers["targets-1"]
    assert not _rotate(publisher, ("targets",), "targets-1", "targets-3").waiting
    assert door.read(door.updater(publisher), f"galleries/{door.record.edition}/1.age")


def test_two_admins_sign_on_two_machines(publisher: Publisher, door: Door, tmp_path: Path) -> None:
    waits = _rotate(publisher, ("root",), "root-3", "root-4", "root-1", "online-1")
    assert [(one.role, one.missing) for one in waits.waiting] == [("root", 1), ("root", 1)]
    assert Repository(publisher.folder).roots()[-1].signed.version == 1
    assert read_status(publisher.folder, NOW).needs_care
    door.updater(publisher)  # it is served what there was

    pending = Pending(publisher.folder)
    copy = tmp_path / "root.json"
    copy.write_bytes(pending.path("root").read_bytes())
    theirs = pending.root(1)
    assert theirs is not None
    theirs.sign(publisher.signers["root-2"], append=True)
    copy.write_bytes(theirs.to_bytes())
    assert take_signatures(publisher.folder, copy) == 1
    assert take_signatures(publisher.folder, copy) == 0
    assert publisher.advance("online-1").placed == {"root": 2}
    with pytest.raises(PublishError, match="no copy of what waits"):
        take_signatures(publisher.folder, copy)


def test_a_false_signature_is_not_taken_in(publisher: Publisher, tmp_path: Path) -> None:
    _rotate(publisher, ("root",), "root-3", "root-4", "root-1")
    record = json.loads(Pending(publisher.folder).path("root").read_bytes())
    key = publisher.key("root-2").id
    record["signatures"].append({"keyid": key, "sig": "00" * 64})
    copy = tmp_path / "root.json"
    copy.write_text(json.dumps(record))
    assert take_signatures(publisher.folder, copy) == 0


def test_one_stolen_key_below_the_threshold_publishes_nothing(tmp_path: Path, door: Door) -> None:
    publisher = make_publisher(tmp_path / "publisher", {"targets": 2})
    edition = Edition(crowd("Ada"), (door.record,))
    done = publisher.publish(edition, keys=["targets-1", "online-1"])
    assert done.advanced is not None
    assert not done.advanced.placed
    (waits,) = done.advanced.waiting
    assert (waits.role, waits.missing, waits.names) == ("targets", 1, ("targets-2",))
    assert door.updater(publisher).get_targetinfo(f"editions/{edition.id}.json") is None
    # The same again asks for no second signature of the first.
    assert publisher.publish(edition, keys=["online-1"]).advanced == done.advanced
    assert publisher.advance("targets-2", "online-1").placed.keys() >= {"targets", "timestamp"}
    assert door.read(door.updater(publisher), f"galleries/{edition.id}/1.age")


def test_a_root_waits_for_the_targets_that_its_keys_must_sign(publisher: Publisher) -> None:
    publisher.key("targets-3")
    roots, online = ("root-1", "root-2"), "online-1"
    done = _rotate(publisher, ("targets",), "targets-1", "targets-3", *roots, online)
    assert not done.placed
    (waits,) = done.waiting
    assert (waits.role, waits.missing) == ("targets", 1)
    assert len(Repository(publisher.folder).roots()) == 1
    assert publisher.advance("targets-3", online).placed.keys() == {
        "targets",
        "snapshot",
        "timestamp",
        "root",
    }


def test_what_is_served_is_renewed_while_a_root_waits(publisher: Publisher) -> None:
    publisher.key("targets-3")
    _rotate(publisher, ("targets",), "targets-1", "targets-3", "root-1", "root-2", "online-1")
    publisher.now = NOW + timedelta(hours=25)
    done = publisher.advance("online-1")
    assert done.placed == {"timestamp": 2}
    assert [one.role for one in done.waiting] == ["targets"]


def test_what_waits_for_the_same_keys_twice_is_told_once(publisher: Publisher) -> None:
    with publisher.folder.locked():
        change_root(publisher.folder, [], NOW)
    done = publisher.advance("root-1", "online-1")
    assert [(one.missing, one.names) for one in done.waiting] == [(1, ("root-2", "root-3"))]
    assert read_status(publisher.folder, NOW).waiting == done.waiting


def test_roles_keep_as_many_keys_as_must_sign(publisher: Publisher) -> None:
    folder = publisher.folder
    with pytest.raises(PublishError, match="0 keys, of which 1 must sign"):
        change_root(folder, [without_key("timestamp", "online-1")], NOW)
    with pytest.raises(PublishError, match="of which 4 must sign"):
        change_root(folder, [with_threshold("root", 4)], NOW)
    with pytest.raises(PublishError, match="has a key root-1 already"):
        change_root(folder, [with_key("root", publisher.key("root-1"))], NOW)
    with pytest.raises(PublishError, match="root has no key targets-1"):
        change_root(folder, [without_key("root", "targets-1")], NOW)
    assert not Pending(folder).path("root").exists()


def test_metadata_expires_unless_it_is_renewed(publisher: Publisher, door: Door) -> None:
    publisher.now = NOW + timedelta(hours=23)
    assert not publisher.advance("online-1").placed
    publisher.now = NOW + timedelta(hours=25)
    assert publisher.advance("online-1").placed == {"timestamp": 2}
    publisher.now = NOW + timedelta(days=4)
    assert publisher.advance("online-1").placed == {"snapshot": 2, "timestamp": 3}
    assert publisher.advance("online-1", renew=True).placed == {"snapshot": 3, "timestamp": 4}
    late = {one.role for one in read_status(publisher.folder, NOW + timedelta(days=300)).roles
            if one.is_late}  # fmt: skip
    assert late == {"root", "targets", "snapshot", "timestamp"}
    publisher.now = NOW - timedelta(days=30)
    publisher.advance("online-1", renew=True)
    with pytest.raises(ExpiredMetadataError):
        door.updater(publisher)


def test_changed_metadata_is_not_signed_on(publisher: Publisher, door: Door) -> None:
    path = publisher.folder.metadata / "timestamp.json"
    timestamp = Metadata[Timestamp].from_bytes(path.read_bytes())
    timestamp.signed.snapshot_meta.version = 7
    path.write_bytes(timestamp.to_bytes())
    with pytest.raises(PublishError, match="not signed by enough keys"):
        publisher.publish(Edition(crowd("Ada"), (door.record,)))
    with pytest.raises(UnsignedMetadataError):
        door.updater(publisher)
