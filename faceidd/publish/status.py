"""Status: what is served, until when it holds, and what waits."""

from dataclasses import dataclass
from datetime import datetime

from tuf.api.metadata import Root

from faceidd.publish.folder import PublishFolder
from faceidd.publish.pending import Pending, Waiting, waiting
from faceidd.publish.repository import Repository
from faceidd.publish.settings import ROLES, RoleName
from faceidd.publish.signing_key import key_name


@dataclass(frozen=True, slots=True)
class RoleStatus:
    """One role's metadata.

    Attributes:
        role: The role.
        version: Its version.
        expires: Until when it holds, in UTC.
        is_late: Whether it should have been renewed.
        threshold: How many keys must sign.
        keys: Names of the keys that may.
    """

    role: RoleName
    version: int
    expires: datetime
    is_late: bool
    threshold: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """A publisher's folder.

    Attributes:
        roles: Roles whose metadata is served; none before the first root is signed enough.
        waiting: What waits for signatures.
        targets: How many files are served.
    """

    roles: tuple[RoleStatus, ...]
    waiting: tuple[Waiting, ...]
    targets: int

    @property
    def needs_care(self) -> bool:
        """Whether somebody should do something."""
        return not self.roles or bool(self.waiting) or any(one.is_late for one in self.roles)


def read_status(folder: PublishFolder, now: datetime) -> Status:
    """Look at a publisher's folder.

    Args:
        folder: The folder.
        now: The present moment, in UTC.

    Raises:
        PublishError: It cannot be read.
    """
    published, settings = Repository(folder).published(), folder.load_settings()
    roles = []
    for role in ROLES if published else ():
        signed = getattr(published, role).signed
        root: Root = published.root.signed if published else signed
        late = settings.is_late(role, signed.expires, now)
        known = root.roles[role]
        names = tuple(sorted(key_name(root.keys[one]) for one in known.keyids))
        roles.append(RoleStatus(role, signed.version, signed.expires, late, known.threshold, names))
    count = len(published.targets.signed.targets) if published else 0
    return Status(tuple(roles), tuple(waiting_now(folder)), count)


def waiting_now(folder: PublishFolder) -> list[Waiting]:
    """What waits in a publisher's folder.

    Raises:
        PublishError: It cannot be read.
    """
    pending, roots = Pending(folder), Repository(folder).roots()
    published = Repository(folder).published()
    root = pending.root(len(roots))
    targets = pending.targets(published.targets.signed.version if published else 0)
    judges = [*roots[-1:], *([root] if root else [])]
    found = [waiting(root, judge) for judge in judges] if root else []
    found += [waiting(targets, judges[-1])] if targets and judges else []
    return list(dict.fromkeys(one for one in found if one.missing))
