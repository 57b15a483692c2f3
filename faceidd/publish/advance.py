"""Advance: bring what is signed enough to the doors, in an order that verifies at every moment.

Targets and snapshot are written under new names, which nobody reads yet. Then the timestamp is
replaced, and in that instant doors see all of it. A root that exchanges keys comes after a
timestamp which old and new keys have signed, so that doors before and after it are served; where
the old key is lost it comes just before, and a door that asks in between tries again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from faceidd.errors import PublishError
from faceidd.publish.folder import PublishFolder
from faceidd.publish.keyring import Keyring
from faceidd.publish.pending import Pending, Waiting, copied, sign, waiting
from faceidd.publish.repository import Repository, accepts, role_of
from faceidd.publish.settings import ONLINE, RoleName

One = TypeVar("One", Snapshot, Timestamp)


@dataclass(frozen=True, slots=True)
class Advanced:
    """What came of it.

    Attributes:
        placed: Roles whose new metadata doors are served now, with the versions.
        waiting: What still waits for signatures.
    """

    placed: dict[RoleName, int]
    waiting: tuple[Waiting, ...]


def advance(
    folder: PublishFolder, keyring: Keyring, now: datetime, *, renew: bool = False
) -> Advanced:
    """Sign what waits with the keys at hand, and publish what is signed enough.

    Args:
        folder: The publisher's folder, locked.
        keyring: The keys at hand.
        now: The present moment, in UTC.
        renew: Whether snapshot and timestamp are made anew before half of their time is over.

    Raises:
        PublishError: Metadata cannot be read or written, or a key cannot be opened.
    """
    return _Advance(folder, keyring, now).run(renew=renew)


class _Advance:
    def __init__(self, folder: PublishFolder, keyring: Keyring, now: datetime) -> None:
        self._repository, self._pending = Repository(folder), Pending(folder)
        self._settings, self._keyring, self._now = folder.load_settings(), keyring, now
        self._old_root = next(iter(self._repository.roots()[-1:]), None)
        self._old = self._repository.published()
        self._waiting: list[Waiting] = []

    def run(self, *, renew: bool) -> Advanced:
        new_root = self._new_root()
        placed = None if new_root is None else self._serve(new_root, renew=renew)
        waits = tuple(self._waiting)
        if placed is None and self._old_root is not None:
            # Until the new root can be served, what doors have must not expire.
            placed = self._serve(self._old_root, renew=renew)
            waits = waits if new_root is not None else tuple(self._waiting)
        versions = {one.signed.type: one.signed.version for one in placed or ()}
        return Advanced(versions, tuple(dict.fromkeys(waits)))

    def _serve(self, root: Metadata[Root], *, renew: bool) -> tuple[Metadata[Any], ...] | None:
        """Place all that a root accepts, and the root itself; None if something has to wait."""
        targets = self._targets(root)
        snapshot = targets and self._snapshot(root, targets, renew=renew)
        timestamp = snapshot and self._timestamp(root, snapshot, renew=renew)
        if not (targets and snapshot and timestamp):
            return None
        new_root = None if root is self._old_root else root
        return self._place(new_root, targets, snapshot, timestamp)

    def _new_root(self) -> Metadata[Root] | None:
        """The root that waits, if it is signed enough by the keys of the old one and its own."""
        old = self._old_root
        root = self._pending.root(old.signed.version if old else 0)
        if root is None:
            return None
        judges = [root] if old is None else [old, root]
        for judge in judges:
            sign(root, judge, self._keyring)
        self._pending.save(root)
        lacks = [one for judge in judges if (one := waiting(root, judge)).missing]
        self._waiting += lacks
        return None if lacks else root

    def _targets(self, root: Metadata[Root]) -> Metadata[Targets] | None:
        """The targets that doors should see; None if they have to wait, and with them the root."""
        old = self._old.targets if self._old else None
        new = self._pending.targets(old.signed.version if old else 0)
        if new is None and old is not None:
            if accepts(root, old):
                return old
            new = copied(old)
            new.signed.version = self._repository.next_version("targets")
            new.signed.expires = self._settings.expiry("targets", self._now)
        if new is None:
            raise PublishError("no targets wait and none are served", do="restore the folder")
        self._sign(new, root)
        self._pending.save(new)
        if accepts(root, new):
            return new
        self._waiting.append(waiting(new, root))
        return old if old is not None and accepts(root, old) else None

    def _snapshot(
        self, root: Metadata[Root], targets: Metadata[Targets], *, renew: bool
    ) -> Metadata[Snapshot] | None:
        old = self._old.snapshot if self._old else None
        named = {"targets.json": MetaFile(targets.signed.version)}
        if old and old.signed.meta == named and not self._is_due(old, root, renew=renew):
            return old
        version = self._repository.next_version("snapshot")
        expires = self._settings.expiry("snapshot", self._now)
        return self._signed(Metadata(Snapshot(version, expires=expires, meta=named)), root)

    def _timestamp(
        self, root: Metadata[Root], snapshot: Metadata[Snapshot], *, renew: bool
    ) -> Metadata[Timestamp] | None:
        old = self._old.timestamp if self._old else None
        named = MetaFile(snapshot.signed.version)
        if old and old.signed.snapshot_meta == named and not self._is_due(old, root, renew=renew):
            return old
        version = old.signed.version + 1 if old else 1
        expires = self._settings.expiry("timestamp", self._now)
        new = Metadata(Timestamp(version, expires=expires, snapshot_meta=named))
        return self._signed(new, root)

    def _is_due(self, old: Metadata[One], root: Metadata[Root], *, renew: bool) -> bool:
        due = self._settings.is_due(role_of(old), old.signed.expires, self._now)
        return renew or due or not accepts(root, old)

    def _signed(self, new: Metadata[One], root: Metadata[Root]) -> Metadata[One] | None:
        """Metadata with its signatures; None where the key is on another machine."""
        self._sign(new, root)
        if accepts(root, new):
            return new
        self._waiting.append(waiting(new, root))
        return None

    def _sign(self, new: Metadata[Any], root: Metadata[Root]) -> None:
        """Sign for the root to come, and also for the one that doors know until then."""
        for judge in (root, self._old_root):
            if judge is not None:
                sign(new, judge, self._keyring)

    def _place(
        self,
        root: Metadata[Root] | None,
        targets: Metadata[Targets],
        snapshot: Metadata[Snapshot],
        timestamp: Metadata[Timestamp],
    ) -> tuple[Metadata[Any], ...]:
        served: tuple[Metadata[Any], ...] = ()
        if self._old:
            served = (self._old.targets, self._old.snapshot, self._old.timestamp)
        new: list[Metadata[Any]] = [
            one for one in (targets, snapshot, timestamp) if one not in served
        ]
        if root is not None:
            old_serves = self._old_root is not None and all(
                accepts(self._old_root, one) for one in new
            )
            new.insert(len(new) if old_serves else max(len(new) - 1, 0), root)
        for one in new:
            self._repository.write(one)
        for one in new:
            if role_of(one) not in ONLINE:
                self._pending.drop(role_of(one))
        return tuple(new)
