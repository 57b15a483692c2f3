"""Export: a part of a log as one ZIP, whole enough to be verified by somebody who has no door."""

import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from faceidd.audit.segment import HEAD, Segment
from faceidd.audit.source import MANIFEST, Source, segments_of
from faceidd.errors import AuditError

SCHEMA = "faceidd.audit-export/1"
README = "README.txt"

_README = """\
Audit log of a door, exported by faceidd.

To verify it: faceidd audit verify THIS.zip --key PUBLIC
PUBLIC is the door's public key, from its owner and not from this file: {key}

Without faceidd:
1. *.jsonl: one record a line, ASCII. The last field, "hash", is the SHA-256 in hex of all bytes of
   the line before ',"hash":'. "prev" is the "hash" of the line before; "seq" counts by one.
2. *.seal.json: one for each file, with the record before its first one (begin_seq, begin_hash), its
   last record (last_seq, last_hash), and "previous", the SHA-256 of the seal file before.
   "signature" is the Ed25519 signature in hex, by "key" (base64), of all bytes of the file before
   ',"signature":'.
3. head.json: likewise, of the file that was still being written. Records behind its last_seq are
   not signed.
A record of kind "torn" says that a power cut left the lines before it: their number of bytes, and
the SHA-256 of these bytes without the last line end. Seals of days that are not in this export are
in it all the same: they prove that the days belong together.
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        files: Files of records.
        first: The first day, in UTC.
        last: The last day.
    """

    files: int
    first: date
    last: date


def export(
    source: Source, to: Path, *, key: str, since: date | None = None, until: date | None = None
) -> Exported:
    """Write the files of some days, with all that proves them.

    Args:
        source: The log.
        to: The ZIP; must not be there yet. Readable by its owner only.
        key: The door's public key, in base64.
        since: The first day, in UTC; None is the first that is kept.
        until: The last day; None is today.

    Raises:
        AuditError: Nothing is kept of these days, the log cannot be read, or the ZIP cannot be
            written.
    """
    names = set(source.names())
    head = source.read(HEAD) if HEAD in names else None  # before the records that it signs
    chosen = [
        one
        for one in segments_of(source)
        if (since is None or one.day >= since) and (until is None or one.day <= until)
    ]
    if not chosen:
        raise AuditError(f"{source.label} keeps nothing of these days", do="name other days")
    manifest = {
        "schema": SCHEMA,
        "files": [one.name for one in chosen],
        "public_key": key,
    }
    contents = {
        README: _README.format(key=key).encode(),
        MANIFEST: json.dumps(manifest, indent=1).encode(),
    }
    if head is not None:
        contents[HEAD] = head
    seals = [
        name for name in source.names() if (one := Segment.parse(name)) and name == one.seal_name
    ]
    _write(source, to, contents, [*seals, *(one.name for one in chosen)])
    return Exported(len(chosen), chosen[0].day, chosen[-1].day)


def _write(source: Source, to: Path, contents: dict[str, bytes], names: list[str]) -> None:
    """Write the ZIP aside, and put it in its place when it is whole."""
    if to.exists():
        raise AuditError(f"{to} is there already", do="name another file, or remove it")
    aside: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{to.name}.", dir=to.parent)
        aside = Path(name)
        with (
            os.fdopen(descriptor, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for one, content in contents.items():
                archive.writestr(one, content)
            for one in names:
                archive.writestr(one, source.read(one))
        aside.replace(to)
    except OSError as error:
        raise AuditError(
            f"the export {to} cannot be written: {error.strerror}",
            do="name a folder that is there and has room",
        ) from error
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)
