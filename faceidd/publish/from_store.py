"""What the enrollment store has for publication: an edition for doors that share one."""

from collections.abc import Collection, Sequence

from faceidd.errors import PublishError
from faceidd.publish.edition import Edition
from faceidd.publish.folder import PublishFolder
from faceidd.publish.plan import Planned
from faceidd.publish.repository import Repository
from faceidd.store.door_record import DoorRecord
from faceidd.store.publication import Publication as Remembered
from faceidd.store.store import Store


def editions_of(store: Store, sites: Collection[str] = ()) -> tuple[Edition, ...]:
    """Every edition that a registered door reads; revoked doors read none.

    Args:
        store: The store.
        sites: Sites whose doors are meant; none is all.

    Raises:
        StoreError: It cannot be read, or there are no templates of a door's model.
        PublishError: Doors and galleries do not fit together.
    """
    doors: dict[str, list[DoorRecord]] = {}
    for door in store.doors():
        if door.revoked_at is None and (not sites or door.site in sites):
            doors.setdefault(door.edition, []).append(door)
    return tuple(
        Edition(store.gallery(some[0].model_id, groups=some[0].groups), tuple(some))
        for _, some in sorted(doors.items())
    )


def require_doors(store: Store, folder: PublishFolder) -> None:
    """Refuse to withdraw everything from doors of which a store knows nothing at all.

    A door that is revoked stays in the store; one that was never there is another store's.

    Args:
        store: The store.
        folder: The publisher's folder.

    Raises:
        PublishError: Something is served, and the store has no door.
        StoreError: It cannot be read.
    """
    published = Repository(folder).published()
    served = len(published.targets.signed.targets) if published else 0
    if served and not store.doors():
        raise PublishError(
            f"the store {store.name} has no door at all, and {served} files are served",
            do="name the right store: --store; or, to withdraw them all, --force with --reason",
        )


def versions_in(store: Store) -> dict[str, int]:
    """Edition -> its newest version, as the store remembers it.

    Raises:
        StoreError: It cannot be read.
    """
    versions: dict[str, int] = {}
    for one in store.publications():
        versions[one.edition] = max(one.version, versions.get(one.edition, 0))
    return versions


def remember(store: Store, plan: Sequence[Planned]) -> None:
    """Let the store remember what was published, where it does not know yet.

    Raises:
        StoreError: It cannot be written.
    """
    known = versions_in(store)
    for one in plan:
        version = one.version
        if version.version > known.get(one.edition.id, 0):
            store.add_publication(
                Remembered(
                    edition=one.edition.id,
                    version=version.version,
                    sha256=version.sha256,
                    published_at=version.published_at,
                    model_id=one.gallery.model_id,
                    people=len(one.gallery.people),
                )
            )
