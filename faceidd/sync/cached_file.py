"""CachedFile: a file that a server need not send again, by its ETag."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from faceidd.durable import replace_file

MOST_BYTES = 4096
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{1,256}"')


@dataclass(frozen=True, slots=True)
class CachedFile:
    """What a server called a file when it was fetched last.

    Attributes:
        url: Where it lies.
        etag: What the server called it; empty if it gave it no name.
        content: The file.
    """

    url: str
    etag: str = ""
    content: bytes = b""

    def renewed(self, etag: str, content: bytes) -> Self:
        """The same place with what it holds now; a name that is no ETag is none."""
        return replace(self, etag=etag if _ETAG.fullmatch(etag) else "", content=content)

    def save(self, file: Path) -> None:
        """Write the name down, with the digest of what it is the name of.

        Raises:
            OSError: The file is as it was.
        """
        digest = hashlib.sha256(self.content).hexdigest()
        replace_file(file, f"{self.url}\n{digest}\n{self.etag}\n".encode())


def load_cached_file(url: str, name: Path, content: Path) -> CachedFile:
    """Read what a server called a file, if it is the file that is here.

    Args:
        url: Where the server has it.
        name: Where its name was written down.
        content: The file here.
    """
    try:
        with name.open("rb") as opened:
            lines = opened.read(MOST_BYTES).decode().split("\n")
        held = content.read_bytes()
    except (OSError, UnicodeDecodeError):
        return CachedFile(url)
    if lines[:2] != [url, hashlib.sha256(held).hexdigest()] or len(lines) < 3:  # noqa: PLR2004 - url, digest, name
        return CachedFile(url)
    return CachedFile(url).renewed(lines[2], held)
