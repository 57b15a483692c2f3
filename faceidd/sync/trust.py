"""Trust: the one file that a door is given so that its first sync works."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from faceidd.sync.refused import Reason, RefusedError

MOST_BYTES = 1 << 20
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Hosts that may be asked without encryption: this machine itself."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Where the repository is, and whom it is believed.

    Attributes:
        url: Of the repository's folder, which holds `metadata` and `targets`.
        ca: Certificates that must have signed the server's, as PEM; None trusts the system's.
        root: The TUF root metadata that everything is verified from.
    """

    url: str
    ca: str | None
    root: bytes


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore")
    form: Literal["faceidd.trust/1"] = Field(alias="schema")
    url: str
    ca: str | None
    root: dict[str, Any]


def load_trust(path: Path, *, url: str | None = None) -> Trust:
    """Read a trust file.

    Args:
        path: The file, as `faceidd publish trust` wrote it.
        url: Where the repository is instead, a mirror; None is where the file says.

    Raises:
        RefusedError: It cannot be read, is none, or names an address that is not https.
    """
    again = "copy it again from the admin's machine"
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise RefusedError(Reason.SETUP, f"{path} is too large for a trust file", do=again)
        record = _Record.model_validate_json(content)
    except OSError as error:
        raise RefusedError(
            Reason.SETUP,
            f"the trust file {path} cannot be read: {error.strerror}",
            do=f"{again}, or correct sync.trust",
        ) from error
    except ValidationError as error:
        raise RefusedError(Reason.SETUP, f"{path} is no trust file", do=again) from error
    return Trust(require_safe(url or record.url), record.ca, json.dumps(record.root).encode())


def require_safe(url: str) -> str:
    """Take an address that is https, or http of this very machine.

    Raises:
        RefusedError: It is another.
    """
    try:
        parsed = parse_url(url)
    except LocationParseError:
        parsed = None
    safe = parsed is not None and (
        (parsed.scheme == "https" and parsed.host)
        or (parsed.scheme == "http" and parsed.host in LOOPBACK)
    )
    if not safe or parsed is None or parsed.auth or parsed.query or parsed.fragment:
        raise RefusedError(
            Reason.SETUP,
            f"{url!r} is no address of a repository",
            do="name one that begins with https://, without user, query or fragment",
        )
    return url if url.endswith("/") else f"{url}/"
