"""Passphrases: where those of signing keys come from. Never the command line, which others see."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faceidd.errors import PublishError
from faceidd.publish.signing_key import MOST_BYTES
from faceidd.secret_file import is_open_to_others

ENVIRONMENT = "FACEIDD_PASSPHRASE"
"""Variable with one passphrase, over the prompt."""


@dataclass(slots=True)
class Passphrases:
    """Passphrases that may open keys, in the order in which they are tried.

    Attributes:
        known: From a file, the environment, and what was typed before.
        ask: Asks for one more, of the key with this name; None where nobody can be asked.
    """

    known: list[str] = field(default_factory=list)
    ask: Callable[[str], str] | None = None

    def tried(self, name: str) -> Iterator[str]:
        """Every known passphrase, then one that is asked for and remembered.

        Args:
            name: The key's.
        """
        yield from tuple(self.known)
        if self.ask is not None:
            typed = self.ask(name)
            self.known.append(typed)
            yield typed

    def new(self, name: str) -> str:
        """The passphrase for a new key.

        Args:
            name: The key's.

        Raises:
            PublishError: There is none, and nobody can be asked.
        """
        for passphrase in self.known[:1]:
            return passphrase
        if self.ask is None:
            raise PublishError(
                f"there is no passphrase for the new key {name}",
                do=f"name a file with it: --passphrase-file, or set {ENVIRONMENT}",
            )
        self.known.append(self.ask(name))
        return self.known[0]


def read_passphrases(file: Path | None) -> list[str]:
    """Passphrases of a file, one a line, or else the environment's.

    Args:
        file: Readable by its owner only; None is the environment.

    Raises:
        PublishError: The file cannot be read, is open to others, or is empty.
    """
    if file is None:
        named = os.environ.get(ENVIRONMENT)
        return [named] if named else []
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            lines = opened.read(MOST_BYTES).decode("utf-8").splitlines()
    except OSError as error:
        raise PublishError(
            f"the passphrase file {file} cannot be read: {error.strerror}", do="correct its path"
        ) from error
    except UnicodeDecodeError as error:
        raise PublishError(f"{file} is no text", do="write a passphrase a line") from error
    if is_open_to_others(mode):
        raise PublishError(f"the passphrase file {file} is open to others", do=f"chmod 600 {file}")
    found = [line for line in lines if line]
    if not found:
        raise PublishError(f"the passphrase file {file} is empty", do="write a passphrase a line")
    return found
