"""Publication: editions become files, files become targets, and doors are told of them.

It may be killed at any moment: what is served verifies, and the next publication goes on. Doors
are told last of all, when everything they will ask for is there.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, TargetFile, Targets

from faceidd.errors import PublishError
from faceidd.publish.advance import Advanced, advance
from faceidd.publish.documents import edition_of
from faceidd.publish.edition import Edition
from faceidd.publish.edition_files import put_assignments, put_edition, put_pack
from faceidd.publish.folder import PublishFolder
from faceidd.publish.gate import Examine, Examined, examine_all, keep_passed
from faceidd.publish.keyring import Keyring
from faceidd.publish.pending import Pending, copied
from faceidd.publish.plan import Planned, make_plan
from faceidd.publish.repository import Repository
from faceidd.publish.state import State, load_state, save_state
from faceidd.publish.sweep import sweep_plain, sweep_served
from faceidd.publish.target_files import TargetFiles, served_name


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is to be published: all of it; what is not in it is withdrawn.

    Attributes:
        editions: Every edition that has doors.
        packs: Model id -> its pack as a tar; none where packs travel another way.
        examine: The doctor.
        reason: Why all may pass whatever the doctor finds; None where it must pass by itself.
        floors: Edition, also one that has no doors any more -> a version that others remember;
            no edition is given a lower one.
    """

    editions: Sequence[Edition]
    examine: Examine
    packs: Mapping[str, bytes] = field(default_factory=dict)
    reason: str | None = None
    floors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """What came of it.

    Attributes:
        plan: Every edition with its version.
        examined: What the doctor found in editions that it had not seen.
        advanced: What doors are served now, and what waits for signatures; None if something
            blocks, and nothing was changed.
    """

    plan: tuple[Planned, ...]
    examined: tuple[Examined, ...]
    advanced: Advanced | None


def publish(folder: PublishFolder, order: Order, keyring: Keyring, now: datetime) -> Publication:
    """Publish.

    Args:
        folder: The publisher's folder, locked.
        order: What.
        keyring: The keys at hand.
        now: The present moment, in UTC.

    Raises:
        PublishError: The first root still waits for signatures, files cannot be read or written,
            or a key cannot be opened.
        GalleryError: A gallery does not fit into a file, or a record of the doctor is damaged.
    """
    before, state = _targets_before(folder), load_state(folder)
    plan = make_plan(order.editions, state, _floors(folder, order, before.signed), now)
    examined = examine_all(plan, order.examine, folder, now, order.reason)
    if not all(one.passes for one in examined):
        return Publication(plan, examined, None)
    keep_passed(plan, examined, folder)
    files = _files(folder, order, plan, before.signed, state)
    save_state(state, folder)
    _propose(folder, files, before, now)
    advanced = advance(folder, keyring, now)
    sweep_served(folder, state, now)
    sweep_plain(folder, state, plan)
    save_state(state, folder)
    return Publication(plan, examined, advanced)


def refresh(
    folder: PublishFolder, keyring: Keyring, now: datetime, *, renew: bool = False
) -> Advanced:
    """Renew snapshot and timestamp where half of their time is over, and sweep.

    Args:
        folder: The publisher's folder, locked.
        keyring: The keys at hand; the online key is enough.
        now: The present moment, in UTC.
        renew: Whether to renew them before that too.

    Raises:
        PublishError: Metadata cannot be read or written, or a key cannot be opened.
    """
    advanced, state = advance(folder, keyring, now, renew=renew), load_state(folder)
    sweep_served(folder, state, now)
    save_state(state, folder)
    return advanced


def _targets_before(folder: PublishFolder) -> Metadata[Targets]:
    """The targets that wait for signatures, or else those that are served."""
    published = Repository(folder).published()
    if published is None:
        raise PublishError(
            "the first root waits for signatures", do="see whose: faceidd publish status"
        )
    return Pending(folder).targets(published.targets.signed.version) or published.targets


def _floors(folder: PublishFolder, order: Order, before: Targets) -> dict[str, int]:
    """Versions that doors may have, also where the state was lost.

    Editions that are withdrawn count too: a door of one may move to another.
    """
    floors = dict(order.floors)
    for name, target in before.targets.items():
        edition = edition_of(name)
        if edition is not None:
            served = _served_version(folder, target)
            floors[edition] = max(served, floors.get(edition, 0))
    return floors


def _served_version(folder: PublishFolder, target: TargetFile) -> int:
    with suppress(OSError, ValueError, KeyError, TypeError, LengthOrHashMismatchError):
        content = (folder.targets / served_name(target)).read_bytes()
        target.verify_length_and_hashes(content)
        return int(json.loads(content)["version"])
    return 0


def _files(
    folder: PublishFolder,
    order: Order,
    plan: Sequence[Planned],
    before: Targets,
    state: State,
) -> TargetFiles:
    files, most = TargetFiles(folder, before, state), folder.load_settings().deltas
    sizes = {model: len(tar) for model, tar in order.packs.items()}
    for model in sorted({one.gallery.model_id for one in plan} & order.packs.keys()):
        put_pack(files, model, order.packs[model])
    for one in plan:
        known = state.editions.get(one.edition.id, [])
        versions = [*known, one.version] if one.is_new else known
        versions = versions[-1 - most :]
        state.editions[one.edition.id] = versions
        put_edition(files, one, versions[:-1], sizes.get(one.gallery.model_id), folder)
        put_assignments(files, one)
    for edition in state.editions.keys() - {one.edition.id for one in plan}:
        del state.editions[edition][:-1]
    state.readers = {one.edition.id: sorted(one.edition.readers) for one in plan}
    state.made = {
        group: made
        for group, made in state.made.items()
        if made.files.keys() <= files.targets.keys()
    }
    return files


def _propose(
    folder: PublishFolder, files: TargetFiles, before: Metadata[Targets], now: datetime
) -> None:
    """Let new targets wait for signatures, if anything changed, or the old ones grow old."""
    settings = folder.load_settings()
    due = settings.is_due("targets", before.signed.expires, now)
    if before.signed.targets == files.targets and not due:
        return
    new = copied(before)
    new.signed.targets = files.targets
    new.signed.version = max(Repository(folder).next_version("targets"), before.signed.version + 1)
    new.signed.expires = settings.expiry("targets", now)
    Pending(folder).save(new)
