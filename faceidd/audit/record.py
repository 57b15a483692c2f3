"""Record: one line of the audit log, bound to the line before it.

A line is JSON in a fixed order: number, digest of the line before, when, which run of the daemon,
which door, what, and at the end the digest of all that stands before it. The line's own digest says
*which* line was changed; the next line's digest of it says that it was not changed together with
its own. Nothing is parsed to find a change: the bytes are what is signed.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

Said = Mapping[str, str | int | float | bool | None]
"""What a record says of its kind; nothing nested."""
MOST_LETTERS = 500
"""Longer text is cut: most of it is what somebody sent."""
MOST_LINE = 32 << 10
"""A longer line is no record, in bytes."""

_LINE = re.compile(
    rb'\{"seq":([1-9][0-9]{0,17}),"prev":"([0-9a-f]{64})",(?:[\x20-\x7e]*),"hash":"([0-9a-f]{64})"\}'
)
_TAIL = len(b',"hash":""}') + 64


class Kind(StrEnum):
    """What a record is about."""

    START = "start"
    STOP = "stop"
    CONFIGURATION = "configuration"
    POLICY = "policy"
    GALLERY = "gallery"
    GRANT = "grant"
    DENY = "deny"
    COMMAND = "command"
    DOOR = "door"
    DURESS = "duress"
    GAP = "gap"
    """Records before this one could not be kept."""
    TORN = "torn"
    """The lines before this one were left by a power cut."""
    DROPPED = "dropped"
    """An old file was deleted, as the retention says."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain.

    Attributes:
        seq: Number of a record; 0 is before the first.
        hash: Digest of that record: SHA-256, in hex.
    """

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


START = Link(0, "0" * 64)
"""Before the first record of a log."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What happened, before it has its place in the chain.

    Attributes:
        kind: What it is about.
        time: When, by the wall clock, with its time zone.
        said: The rest.
    """

    kind: Kind
    time: datetime
    said: Said


@dataclass(frozen=True, slots=True)
class Record:
    """A line that is what its own digest says.

    Attributes:
        seq: Its number.
        prev: Digest of the record before it.
        hash: Its own digest.
        raw: The whole line, without its end.
    """

    seq: int
    prev: str
    hash: str
    raw: bytes

    @property
    def link(self) -> Link:
        """Its place in the chain."""
        return Link(self.seq, self.hash)

    @property
    def fields(self) -> dict[str, Any]:
        """All that it says; nothing where it is no JSON, as only a forger writes it."""
        try:
            fields = json.loads(self.raw)
        except (ValueError, RecursionError):
            return {}
        return fields if isinstance(fields, dict) else {}


def write_record(draft: Draft, after: Link, *, door: str, boot: str) -> Record:
    """Give what happened its place in the chain.

    Args:
        draft: What happened.
        after: The record before it.
        door: The door's id.
        boot: Name of this run of the daemon.

    Raises:
        ValueError: A number is none, or the record is too long.
    """
    head: dict[str, str | int | float | bool | None] = {
        "seq": after.seq + 1,
        "prev": after.hash,
        "time": draft.time.astimezone(UTC).isoformat(timespec="microseconds"),
        "boot": boot,
        "door": door,
        "kind": draft.kind.value,
    }
    body = _json(head | {key: _short(value) for key, value in draft.said.items()})
    digest = hashlib.sha256(body).hexdigest()
    record = read_record(body + f',"hash":"{digest}"}}'.encode())
    if record is None:
        raise ValueError(f"{draft.kind} is no record: it has {len(body)} bytes")
    return record


def read_record(raw: bytes) -> Record | None:
    """Read a line; None where it is no record, or not what its own digest says.

    Args:
        raw: The line, without its end.
    """
    if len(raw) > MOST_LINE:
        return None
    found = _LINE.fullmatch(raw)
    if found is None:
        return None
    seq, prev, digest = found.groups()
    if hashlib.sha256(raw[:-_TAIL]).hexdigest().encode() != digest:
        return None
    return Record(int(seq), prev.decode(), digest.decode(), raw)


def _json(fields: Said) -> bytes:
    """The fields as JSON in ASCII, without the closing brace."""
    text = json.dumps(fields, separators=(",", ":"), allow_nan=False)
    return text[:-1].encode("ascii")


def _short(value: str | float | bool | None) -> str | int | float | bool | None:
    return value[:MOST_LETTERS] if isinstance(value, str) else value
