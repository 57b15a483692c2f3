"""Roots: who signs what. A change waits, as a new root, for the signatures of enough root keys."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tuf.api.metadata import Metadata, Root, Targets

from faceidd.errors import PublishError
from faceidd.publish.folder import PublishFolder
from faceidd.publish.pending import Pending, copied
from faceidd.publish.repository import Repository
from faceidd.publish.settings import ROLES, RoleName
from faceidd.publish.signing_key import PublicKey, key_name

Change = Callable[[Root], None]
"""Changes who signs what."""


def begin(
    folder: PublishFolder,
    keys: Mapping[RoleName, Sequence[PublicKey]],
    thresholds: Mapping[RoleName, int],
    now: datetime,
) -> None:
    """Let the first root, and targets without any file, wait for signatures.

    Args:
        folder: A publisher's folder that was just made.
        keys: The keys of each role.
        thresholds: How many of them must sign.
        now: The present moment, in UTC.

    Raises:
        PublishError: A role has fewer keys than must sign.
    """
    settings, root = folder.load_settings(), Root(expires=now)
    root.expires = settings.expiry("root", now)
    for role in ROLES:
        for key in keys[role]:
            root.add_key(key.key, role)
        root.roles[role].threshold = thresholds[role]
    _require_enough_keys(root)
    pending = Pending(folder)
    pending.save(Metadata(root))
    pending.save(Metadata(Targets(expires=settings.expiry("targets", now))))


def change_root(folder: PublishFolder, changes: Sequence[Change], now: datetime) -> None:
    """Let a root with changes wait for signatures; those that the waiting one had are void.

    Args:
        folder: The publisher's folder, locked.
        changes: What to change in the root that waits, or else in the one that serves; none
            makes the same root hold for longer.
        now: The present moment, in UTC.

    Raises:
        PublishError: There is no root, or the change does not serve.
    """
    pending, served = Pending(folder), Repository(folder).roots()
    version = len(served)
    old = pending.root(version) or next(iter(served[-1:]), None)
    if old is None:
        raise PublishError("there is no root", do="restore the folder from a copy")
    new = copied(old)
    for change in changes:
        change(new.signed)
    _require_enough_keys(new.signed)
    new.signed.version = version + 1
    new.signed.expires = folder.load_settings().expiry("root", now)
    pending.save(new)


def with_key(role: RoleName, key: PublicKey) -> Change:
    """A change: one more key may sign for a role.

    Args:
        role: The role.
        key: The key.
    """

    def change(root: Root) -> None:
        names = {key_name(root.keys[one]): one for one in root.roles[role].keyids}
        if key.id in root.roles[role].keyids or names.get(key.name, key.id) != key.id:
            raise PublishError(f"{role} has a key {key.name} already", do="give the new one a name")
        root.add_key(key.key, role)

    return change


def without_key(role: RoleName, name: str) -> Change:
    """A change: a key signs for a role no longer.

    Args:
        role: The role.
        name: The key's name, or the beginning of its id.
    """

    def change(root: Root) -> None:
        root.revoke_key(find_key(root, role, name), role)

    return change


def with_threshold(role: RoleName, threshold: int) -> Change:
    """A change: so many keys must sign for a role.

    Args:
        role: The role.
        threshold: How many.
    """

    def change(root: Root) -> None:
        root.roles[role].threshold = threshold

    return change


def find_key(root: Root, role: RoleName, name: str) -> str:
    """Find a key of a role.

    Args:
        root: Who signs what.
        role: The role.
        name: The key's name, or the beginning of its id.

    Returns:
        Its id.

    Raises:
        PublishError: There is none, or several.
    """
    ids = root.roles[role].keyids
    found = [one for one in ids if key_name(root.keys[one]) == name]
    found = found or [one for one in ids if one.startswith(name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(key_name(root.keys[one]) for one in ids)
    raise PublishError(f"{role} has no key {name}, or several", do=f"name one of: {names}")


def _require_enough_keys(root: Root) -> None:
    for role in ROLES:
        keys, threshold = len(root.roles[role].keyids), root.roles[role].threshold
        if not 1 <= threshold <= keys:
            raise PublishError(
                f"{role} would have {keys} keys, of which {threshold} must sign",
                do="add a key first, exchange it by `publish key rotate`, or lower the threshold",
            )
