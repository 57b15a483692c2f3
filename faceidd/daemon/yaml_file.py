"""YamlFile: a bounded YAML 1.2 file of keys, so that a mistake in it is told with its place.

What the keys mean is left to those who read one.
"""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLWarning
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import Node

from faceidd.errors import ConfigError

MOST_REPEATED = 10_000
"""Most keys and values that all aliases of a file repeat: those of aliases may be aliases again, so
that a few lines could say more than any memory holds."""

# The library quotes a piece of the file at the end of a message, and that may be a password. Single
# characters (',') and names of its own ('<scalar>') are kept.
_QUOTED = re.compile(r"""(?:^| )["'](?!<)[^\s"'][^"']{2,}.*$""", re.DOTALL)
_DUPLICATE = re.compile(r'found duplicate key "([^"]*)"')


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file's text and what it says.

    Attributes:
        path: The file.
        text: All of it.
        content: Its keys and what they hold.
    """

    path: Path
    text: str
    content: dict[Any, Any]

    def document(self) -> Node:
        """The file's nodes, which know their lines."""
        node: Node = _yaml().compose(self.text)
        return node


def read_yaml(path: Path, *, most_bytes: int, do: str, empty: str) -> YamlFile:
    """Read a file.

    Args:
        path: The file.
        most_bytes: A longer one is refused.
        do: What to do where it cannot be read.
        empty: What to do where it holds no keys.

    Raises:
        ConfigError: It cannot be read, is too long, is no YAML, or holds no keys.
    """
    text = _read(path, most_bytes, do)
    return YamlFile(path, text, _parsed(path, text, empty))


def _read(path: Path, most_bytes: int, do: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
        if len(content) <= most_bytes:
            return content.decode()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", do=do) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not UTF-8 text: byte {error.start}", do="save it as UTF-8"
        ) from error
    raise ConfigError(f"{path} has more than {most_bytes} bytes", do="give the right file")


def _parsed(path: Path, text: str, empty: str) -> dict[Any, Any]:
    try:
        with warnings.catch_warnings(action="error", category=YAMLWarning):
            content = _yaml().load(text)
    except MarkedYAMLError as error:
        raise _syntax_error(path, error) from None  # its text may hold a secret
    except (YAMLError, ValueError, LookupError, RecursionError, YAMLWarning) as error:
        # The library lets Python's own errors through, without saying where; so might others.
        raise ConfigError(
            f"{path} holds something that is no plain YAML ({type(error).__name__})",
            do="look for control characters, impossible dates, tags, anchors and endless brackets",
        ) from None
    # An empty file is what a power cut leaves; its defaults could hold the wrong door open.
    if not isinstance(content, dict):
        raise ConfigError(f"{path} holds no sections of keys", do=empty)
    return content


def _syntax_error(path: Path, error: MarkedYAMLError) -> ConfigError:
    mark, problem = error.problem_mark, str(error.problem)
    where = f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else f"{path}"
    if duplicate := _DUPLICATE.match(problem):
        return ConfigError(f"{where}: the key {duplicate[1]!r} stands here twice", do="remove one")
    if isinstance(error, _RepeatedError):
        return ConfigError(f"{where}: {problem}", do="write out what it repeats")
    return ConfigError(
        f"{where}: {_QUOTED.sub('', problem)}",
        do="look at the indentation, and put text with special characters in quotes",
    )


class _RepeatedError(MarkedYAMLError):
    """Aliases repeat too much."""


class _Composer(Composer):
    """Counts what aliases repeat before anything is made of it."""

    def __init__(self, loader: YAML | None = None) -> None:
        super().__init__(loader)
        self._nodes = self._repeated = 0
        self._sizes: dict[Node, int] = {}

    def compose_node(self, parent: Node | None, index: object) -> Node:
        before, event = self._nodes, self.parser.peek_event()
        node: Node = super().compose_node(parent, index)
        if not isinstance(event, AliasEvent):
            self._nodes += 1
            if event.anchor is not None:
                self._sizes[node] = self._nodes - before
            return node
        if node not in self._sizes:
            raise _RepeatedError(
                problem="an alias within what it repeats", problem_mark=event.start_mark
            )
        self._nodes += self._sizes[node]
        self._repeated += self._sizes[node]
        if self._repeated > MOST_REPEATED:
            told = f"aliases, up to this one, repeat more than {MOST_REPEATED} keys and values"
            raise _RepeatedError(problem=told, problem_mark=event.start_mark)
        return node


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    return yaml
