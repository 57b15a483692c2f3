"""Documents: the JSON files that tell a door which edition is its own, and where it lies.

The forms are those that `docs/adr/0018-signed-sync.md` gives; doors read them.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from faceidd.publish.plan import Planned
from faceidd.publish.state import Version
from faceidd.store.door_record import DoorRecord


def gallery_target(edition: str, version: int) -> str:
    """Where the whole gallery of a version is."""
    return f"galleries/{edition}/{version}.age"


def delta_target(edition: str, base: int, version: int) -> str:
    """Where the delta from an earlier version is."""
    return f"galleries/{edition}/{base}-{version}.age"


def edition_target(edition: str) -> str:
    """Where the newest version of an edition is told."""
    return f"editions/{edition}.json"


def edition_of(target: str) -> str | None:
    """Which edition's newest version a target tells; None for any other target."""
    found = re.fullmatch(r"editions/([0-9a-f]+)\.json", target)
    return found and found[1]


def assignment_target(fingerprint: str) -> str:
    """Where a door's assignment is."""
    return f"doors/{fingerprint}.age"


def pack_target(model_id: str) -> str:
    """Where the pack of a model is."""
    return f"packs/{model_id}.tar"


def assignment(door: DoorRecord) -> bytes:
    """Which edition is a door's; to be encrypted to it."""
    return _json(
        {
            "schema": "faceidd.assignment/1",
            "door": door.id,
            "site": door.site,
            "groups": list(door.groups),
            "edition": door.edition,
        }
    )


def edition_document(
    planned: Planned, deltas: Mapping[str, Version], pack_size: int | None
) -> bytes:
    """What the newest version of an edition is.

    Args:
        planned: That version.
        deltas: Target of each delta -> the version it starts from.
        pack_size: Bytes of the pack that is published for its model; None where none is.
    """
    edition, gallery, version = planned.edition.id, planned.gallery, planned.version
    pack = {"target": pack_target(gallery.model_id), "size": pack_size}
    return _json(
        {
            "schema": "faceidd.edition/1",
            "edition": edition,
            "version": version.version,
            "published_at": f"{version.published_at:%Y-%m-%dT%H:%M:%SZ}",
            "model_id": gallery.model_id,
            "model_name": gallery.model_name,
            "gallery": {
                "target": gallery_target(edition, version.version),
                "sha256": version.sha256,
                "size": len(planned.content),
            },
            "deltas": [
                {"from": base.version, "base_sha256": base.sha256, "target": target}
                for target, base in deltas.items()
            ],
            "pack": None if pack_size is None else pack,
        }
    )


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
