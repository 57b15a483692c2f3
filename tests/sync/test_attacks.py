"""What somebody may do who holds the server, the network, or too few keys."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from support.signed_repository import EDITION, YESTERDAY, SignedRepository, in_
from support.static_server import Answering
from support.synced_door import SyncedDoor

from faceidd.sync.refused import Reason, RefusedError
from faceidd.units import Seconds

Attack = Callable[[SyncedDoor], None]


def timestamp(repository: SignedRepository) -> Path:
    return repository.folder / "metadata" / "timestamp.json"


def newest(repository: SignedRepository, role: str) -> Path:
    version = repository.roles[role].signed.version
    return repository.folder / "metadata" / f"{version}.{role}.json"


def endless(answering: Answering) -> None:
    answering.send_response_only(200)
    answering.end_headers()
    while True:  # until the door hangs up
        answering.wfile.write(bytes(65536))


def rollback_of_timestamp(door: SyncedDoor) -> None:
    old = timestamp(door.repository).read_bytes()
    door.repository.publish("timestamp")
    door.sync()
    timestamp(door.repository).write_bytes(old)


def rollback_of_snapshot(door: SyncedDoor) -> None:
    """Who holds the timestamp's key serves an old snapshot."""
    old = door.repository.roles["timestamp"].signed.snapshot_meta
    door.repository.publish("snapshot", "timestamp")
    door.sync()
    door.repository.roles["timestamp"].signed.snapshot_meta = old
    door.repository.publish("timestamp")


def rollback_of_targets(door: SyncedDoor) -> None:
    """Who holds the keys of timestamp and snapshot serves old targets."""
    old = door.repository.roles["snapshot"].signed.meta["targets.json"]
    door.repository.publish()
    door.sync()
    door.repository.roles["snapshot"].signed.meta["targets.json"] = old
    door.repository.publish("snapshot", "timestamp")


def rollback_of_gallery(door: SyncedDoor) -> None:
    """All keys sign an edition whose version is older than the door's."""
    door.publish(7, 3)
    door.sync()
    door.publish(9, 2)


def freeze(door: SyncedDoor) -> None:
    door.repository.roles["timestamp"].signed.expires = in_(YESTERDAY)
    door.repository.publish("timestamp")


def expired(role: str) -> Attack:
    def attack(door: SyncedDoor) -> None:
        door.repository.roles[role].signed.expires = in_(YESTERDAY)
        if role == "root":
            door.repository.roles[role].signed.version += 1
            door.repository.write("root")
        door.repository.publish()

    return attack


def mix_and_match(door: SyncedDoor) -> None:
    """Targets of one publication under the snapshot of another."""
    old = newest(door.repository, "targets").read_bytes()
    door.publish(7, 2)
    newest(door.repository, "targets").write_bytes(old)


def endless_metadata(door: SyncedDoor) -> None:
    door.site.spoiled["timestamp.json"] = endless


def endless_gallery(door: SyncedDoor) -> None:
    door.publish(7, 2)
    door.site.spoiled["galleries/"] = endless


def slow_retrieval(door: SyncedDoor) -> None:
    door.publish(7, 2)
    door.limited(replace(door.settings.limits, total=Seconds(1e-6)))


def headers_that_drip(door: SyncedDoor) -> None:
    """No read takes long, and the answer never comes."""

    def drip(answering: Answering) -> None:
        with suppress(OSError):  # until the door hangs up
            for _ in count():
                answering.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9)
                answering.connection.settimeout(0.05)
                with suppress(TimeoutError):
                    answering.connection.recv(1)

    door.limited(replace(door.settings.limits, total=Seconds(0.3)))
    door.site.spoiled["timestamp.json"] = drip


def too_long(door: SyncedDoor) -> None:
    door.publish(7, 2)
    file = door.repository.file_of(f"editions/{EDITION}.json")
    file.write_bytes(file.read_bytes() + b" ")


def too_short(door: SyncedDoor) -> None:
    door.publish(7, 2)
    file = door.repository.file_of(f"editions/{EDITION}.json")
    file.write_bytes(file.read_bytes()[:-1])


def another_file_of_that_length(door: SyncedDoor) -> None:
    door.publish(7, 2)
    file = door.repository.file_of(f"editions/{EDITION}.json")
    file.write_bytes(file.read_bytes().replace(b'"version": 2', b'"version": 9'))


def unsigned_target(door: SyncedDoor) -> None:
    """A gallery that lies on the server, and that no targets metadata names."""
    door.publish(7, 2)
    targets = door.repository.roles["targets"].signed.targets
    for name in [one for one in targets if one.startswith("galleries/")]:
        del targets[name]
    door.repository.publish()


def other_keys(role: str) -> Attack:
    def attack(door: SyncedDoor) -> None:
        signers = door.repository.signers[role]
        strangers = [CryptoSigner.generate_ed25519() for _ in signers]
        door.repository.signers[role] = strangers
        door.repository.publish()

    return attack


def one_stolen_key_of_targets(door: SyncedDoor) -> None:
    del door.repository.signers["targets"][1:]
    door.publish(7, 2)


def one_stolen_key_of_root(door: SyncedDoor) -> None:
    del door.repository.signers["root"][1:]
    door.repository.rotate("targets")
    door.publish(7, 2)


def stolen_keys_after_rotation(door: SyncedDoor) -> None:
    stolen = list(door.repository.signers["targets"])
    door.repository.rotate("targets")
    door.repository.signers["targets"] = stolen
    door.publish(7, 2)


def nested_nonsense(door: SyncedDoor) -> None:
    timestamp(door.repository).write_bytes(b"[" * 10_000)


def missing(door: SyncedDoor) -> None:
    newest(door.repository, "targets").unlink()
    shutil.rmtree(door.settings.state / "metadata")


ATTACKS: dict[Attack, Reason] = {
    rollback_of_timestamp: Reason.ROLLED_BACK,
    rollback_of_snapshot: Reason.ROLLED_BACK,
    rollback_of_targets: Reason.ROLLED_BACK,
    rollback_of_gallery: Reason.ROLLED_BACK,
    freeze: Reason.EXPIRED,
    mix_and_match: Reason.CHANGED,
    endless_metadata: Reason.TOO_LARGE,
    endless_gallery: Reason.TOO_LARGE,
    slow_retrieval: Reason.TOO_SLOW,
    headers_that_drip: Reason.TOO_SLOW,
    too_long: Reason.TOO_LARGE,
    too_short: Reason.CHANGED,
    another_file_of_that_length: Reason.CHANGED,
    unsigned_target: Reason.DAMAGED,
    one_stolen_key_of_targets: Reason.UNSIGNED,
    one_stolen_key_of_root: Reason.UNSIGNED,
    stolen_keys_after_rotation: Reason.UNSIGNED,
    nested_nonsense: Reason.DAMAGED,
    missing: Reason.ANSWER,
}


@contextmanager
def refused(door: SyncedDoor, reason: Reason) -> Iterator[None]:
    """The sync that follows fails, says why in all places, and leaves the gallery as it was."""
    before, held = door.gallery.read_bytes(), door.status.held
    with pytest.raises(RefusedError) as caught:
        yield
    assert caught.value.reason is reason
    assert caught.value.exit_code == 14
    assert door.gallery.read_bytes() == before
    assert door.status.held == held
    failure = door.status.failure
    assert failure is not None
    assert (failure.reason, failure.text) == (reason, str(caught.value))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_last_good_gallery_stays_and_the_door_says_why(
    good_door: SyncedDoor, caplog: pytest.LogCaptureFixture, attack: Attack
) -> None:
    attack(good_door)
    with refused(good_door, ATTACKS[attack]):
        good_door.sync()
    assert f"nothing new was taken: {ATTACKS[attack]}" in caplog.text


@pytest.mark.parametrize("role", ["root", "timestamp", "snapshot", "targets"])
def test_no_role_may_be_expired(good_door: SyncedDoor, role: str) -> None:
    expired(role)(good_door)
    with refused(good_door, Reason.EXPIRED):
        good_door.sync()
    assert good_door.status.failure is not None
    assert role in good_door.status.failure.text


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_no_role_is_believed_by_other_keys(good_door: SyncedDoor, role: str) -> None:
    other_keys(role)(good_door)
    with refused(good_door, Reason.UNSIGNED):
        good_door.sync()


def test_after_a_rotation_of_stolen_keys_all_goes_on(good_door: SyncedDoor) -> None:
    good_door.repository.rotate("targets")
    good_door.publish(7, 2)
    good_door.sync()
    assert good_door.known == 7


def test_versions_that_stolen_keys_made_absurd_are_forgotten_with_these_keys(
    good_door: SyncedDoor,
) -> None:
    roles = good_door.repository.roles
    right = {role: roles[role].signed.version for role in ("snapshot", "timestamp")}
    for role in right:
        roles[role].signed.version = 1_000_000
    good_door.repository.publish("snapshot", "timestamp")
    good_door.sync()
    for role, version in right.items():
        good_door.repository.rotate(role)
        roles[role].signed.version = version
    good_door.publish(7, 2)
    good_door.sync()
    assert good_door.known == 7


def test_an_attack_that_ended_leaves_nothing_behind(good_door: SyncedDoor) -> None:
    endless_gallery(good_door)
    with refused(good_door, Reason.TOO_LARGE):
        good_door.sync()
    good_door.site.spoiled.clear()
    good_door.sync()
    assert good_door.known == 7
    assert good_door.status.failure is None
