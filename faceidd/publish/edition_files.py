"""Edition files: what is served of an edition, and the assignments of its doors."""

import hashlib
from collections.abc import Iterator, Sequence

from faceidd.gallery.delta import make_delta
from faceidd.publish import documents
from faceidd.publish.folder import PublishFolder
from faceidd.publish.plan import Planned
from faceidd.publish.sealing import seal
from faceidd.publish.state import Version, digest_of, kept_gallery
from faceidd.publish.target_files import TargetFiles

MOST_OF_FULL = 0.5
"""A delta of more than this part of the whole gallery is not worth its place."""


def put_edition(
    files: TargetFiles,
    planned: Planned,
    bases: Sequence[Version],
    pack_size: int | None,
    folder: PublishFolder,
) -> None:
    """Take over an edition's files, or make them: for new people, new doors and revoked ones.

    Args:
        files: Gets them.
        planned: The edition.
        bases: Earlier versions that there may be a delta from, the newest last.
        pack_size: Bytes of the pack of its model; None where none is published.
        folder: The publisher's folder, with the galleries of the earlier versions.

    Raises:
        PublishError: A file cannot be written, or a door has no proper key.
    """
    edition, version = planned.edition, planned.version
    group = f"editions/{edition.id}"
    known = [f"{one.version}:{one.sha256}" for one in (*bases, version)]
    made_from = digest_of(str(pack_size), *known, *edition.recipients)
    if files.keep(group, made_from):
        return
    made, deltas = {}, {}
    for base, delta in _deltas(planned, bases, folder):
        target = documents.delta_target(edition.id, base.version, version.version)
        deltas[target] = base
        made[target] = seal(delta, edition.recipients)
    whole = documents.gallery_target(edition.id, version.version)
    made[whole] = seal(planned.content, edition.recipients)
    document = documents.edition_document(planned, deltas, pack_size)
    files.make(group, made_from, {**made, documents.edition_target(edition.id): document})


def put_assignments(files: TargetFiles, planned: Planned) -> None:
    """Take over the assignments of an edition's doors, or make them.

    Args:
        files: Gets them.
        planned: The edition.

    Raises:
        PublishError: A file cannot be written, or a door has no proper key.
    """
    for door in planned.edition.doors:
        content = documents.assignment(door)
        made_from = digest_of(content.decode(), door.recipient)
        target = documents.assignment_target(door.fingerprint)
        if not files.keep(target, made_from):
            files.make(target, made_from, {target: seal(content, [door.recipient])})


def put_pack(files: TargetFiles, model_id: str, tar: bytes) -> None:
    """Take over a model's pack, or write it; everybody may read it.

    Args:
        files: Gets it.
        model_id: Digest of the model.
        tar: The pack.

    Raises:
        PublishError: It cannot be written.
    """
    target = documents.pack_target(model_id)
    made_from = hashlib.sha256(tar).hexdigest()
    if not files.keep(target, made_from):
        files.make(target, made_from, {target: tar})


def _deltas(
    planned: Planned, bases: Sequence[Version], folder: PublishFolder
) -> Iterator[tuple[Version, bytes]]:
    for base in bases:
        old = kept_gallery(folder, planned.edition.id, base)
        delta = None if old is None else make_delta(old, planned.gallery)
        if delta is not None and len(delta) < MOST_OF_FULL * len(planned.content):
            yield base, delta
