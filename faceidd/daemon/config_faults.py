"""Faults of a configuration, told to an admin: where, what stands there, and what is allowed.

A value is shown as far as it is no secret; passwords within URLs are masked.
"""

import difflib
import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from faceidd.camera.address import masked
from faceidd.daemon.config_reference import allowed, is_secret, section_of
from faceidd.daemon.config_section import Section

MOST_SHOWN = 60
"""Longest value that is shown in full, in characters."""

_KINDS = {
    "model": "a section of keys",
    "dict": "a section of keys",
    "list": "a list",
    "date": "a day, 2026-12-25",
}

Path = tuple[Hashable, ...]
"""Keys and places in lists that lead to a value, from the top of a file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong in a file.

    Attributes:
        path: What it is about.
        said: What is wrong and what is allowed.
    """

    path: Path
    said: str


def faults(error: ValidationError, document: Node, root: type[Section]) -> tuple[str, ...]:
    """Tell every fault pydantic found, in the order of the file.

    Args:
        error: What pydantic says of the document's content.
        document: The YAML document, for the lines.
        root: What the document was taken for.
    """
    # A value that may be of two types is refused once for each; one of them will do.
    found = {}
    for fault in reversed(error.errors(include_url=False)):
        path, section = _place(fault["loc"], root)
        found[path] = Fault(path, _said(path, section, fault))
    return with_lines(found.values(), document)


def with_lines(found: Iterable[Fault], document: Node) -> tuple[str, ...]:
    """Tell faults with their lines, in the order of the file.

    Args:
        found: The faults.
        document: The YAML document.
    """
    lined = [(*_located(document, fault.path), fault.said) for fault in found]
    return tuple(f"line {line}: {name}: {said}" for line, name, said in sorted(lined))


def _place(location: Path, root: type[Section]) -> tuple[Path, type[Section] | None]:
    """The part of pydantic's location that an admin knows, and the section its last key is in.

    That is: keys, places in lists, no type names. The section is None for a place in a list or
    under a name of the admin's own.
    """
    path: list[Hashable] = []
    section: type[Section] | None = root
    kind: Any = root
    last: type[Section] | None = root
    for key in location:
        section = section_of(kind) if _container(kind) is None else None
        if section is None and _container(kind) is None:
            break
        path.append(key)
        if section is None:
            kind = get_args(_container(kind))[-1]
        else:
            field = section.model_fields.get(str(key))
            kind = field.annotation if field else None
        last = section
    return tuple(path), last


def _container(kind: Any) -> Any:
    """The list or mapping that a type holds, `None | list[str]` too; None if it holds none."""
    for one in (kind, *get_args(kind)):
        if get_origin(one) in {dict, list}:
            return one
    return None


def _located(document: Node, path: Path) -> tuple[int, str]:
    """The line of a value, and its name: `doors.front.allow[2].when`.

    It is the line of the innermost section around a key that is not in the file.
    """
    node: Node | None = document
    line, name = document.start_mark.line, ""
    for key in path:
        if isinstance(node, SequenceNode) and isinstance(key, int):
            name += f"[{key + 1}]"
            node = node.value[key]
            line = node.start_mark.line
            continue
        name += f".{key}" if name else f"{key}"
        pairs = node.value if isinstance(node, MappingNode) else []
        match = next((pair for pair in pairs if pair[0].value == str(key)), None)
        if match is None:
            node = None
            continue
        line, node = match[0].start_mark.line, match[1]
    return int(line) + 1, name


def _said(path: Path, section: type[Section] | None, fault: ErrorDetails) -> str:
    key = str(path[-1])
    if fault["type"] == "value_error" and isinstance(fault["input"], dict | list):  # of its parts
        return str(fault["ctx"]["error"])
    if section is None:
        must = _must(fault, _KINDS.get(fault["type"].partition("_")[0], "text"))
        return f"{_shown(fault['input'])} is not allowed; {must}"
    if key not in section.model_fields:
        return _unknown(section, key)
    annotation = section.model_fields[key].annotation
    if section_of(annotation) and _container(annotation) is None:
        return "must be a section of keys, indented below it"
    must = _must(fault, allowed(section, key))
    if (
        fault["type"] == "missing" and fault["loc"][-1] == path[-1]
    ):  # else it is a part of the value
        return f"is missing; {must}"
    shown = "this value" if is_secret(section, key) else _shown(fault["input"])
    return f"{shown} is not allowed; {must}"


def _must(fault: ErrorDetails, otherwise: str) -> str:
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] == "literal_error":
        return f"must be {otherwise if 'one of' in otherwise else fault['ctx']['expected']}"
    must = f"must be {otherwise}"
    if must.startswith("must be text") and isinstance(fault["input"], int | float):
        must += "; put it in quotes"
    return must


def _unknown(section: type[Section], key: str) -> str:
    near = difflib.get_close_matches(key, section.model_fields, n=1)
    return "unknown key; " + (
        f"did you mean {near[0]!r}?" if near else f"known are {', '.join(section.model_fields)}"
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, dict):
        return "a section"
    text = repr(masked(value)) if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
