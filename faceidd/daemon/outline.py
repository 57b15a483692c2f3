"""Outline: which keys a YAML file sets, so that one which was cut off is seen. Pure.

Most of what is left of a YAML file that was cut off is a YAML file, and what it lacks may be a
restriction.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from faceidd.daemon.yaml_file import YamlFile
from faceidd.errors import ConfigError

Key = tuple[object, ...]
"""A key or a place in a list, after those above it. No text: a name may hold any letter."""
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Outline:
    """What stands in a file.

    Attributes:
        digest: SHA-256 of its text.
        keys: All keys and all places in lists, from the top, in the file's order.
        ended: Whether the last line is ended, and so the last value all there.
    """

    digest: str
    keys: tuple[Key, ...]
    ended: bool

    @classmethod
    def of(cls, file: YamlFile) -> "Outline":
        """What stands in a file that was read, and so has no endless depths."""
        digest = hashlib.sha256(file.text.encode()).hexdigest()
        return cls(digest, tuple(_keys(file.content, ())), file.text.endswith("\n"))

    def require_whole(self, path: Path, was: "Outline", *, asked: bool) -> None:
        """Refuse what may be the begin of a file that is still being written, or never will be.

        Whatever stood in the one before must stand here, and the same key must be the last.

        Args:
            path: The file, for the message.
            was: The one before.
            asked: Whether somebody says that it is whole; it is then.

        Raises:
            ConfigError: It may have been cut off.
        """
        if asked or self.digest == was.digest:
            return
        if (lack := self._lack(was)) is not None:
            raise ConfigError(
                f"{path} may be half written, so it is not taken in unasked: {lack}",
                do="say that it is whole: systemctl reload faceidd",
            )

    def _lack(self, was: "Outline") -> str | None:
        here = frozenset(self.keys)
        lost = [key for key in was.keys if key not in here]
        if lost:
            more = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
            return f"it lacks {', '.join(map(_named, lost[:_MOST_NAMED]))}{more}"
        if self.keys[-1:] != was.keys[-1:]:
            return f"it ends with {_named(self.keys[-1])}, and did not"
        return None if self.ended else "its last line has no end"


def _named(key: Key) -> str:
    return ".".join(map(str, key))


def _keys(content: object, above: Key) -> Iterator[Key]:
    if isinstance(content, Mapping):
        parts = list(content.items())
    elif isinstance(content, list):
        parts = list(enumerate(content))
    else:
        return
    for name, part in parts:
        key = (*above, name)
        yield key
        yield from _keys(part, key)
