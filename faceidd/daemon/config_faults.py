"""Faults of a configuration, told to an admin: where, what stands there, and what is allowed.

A value is shown as far as it is no secret; passwords within URLs are masked.
"""

import difflib
import json
from collections.abc import Hashable, Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.nodes import MappingNode, Node

from faceidd.camera.address import masked
from faceidd.daemon.config import Config
from faceidd.daemon.config_reference import allowed, is_secret, section_of
from faceidd.daemon.config_section import Section

MOST_SHOWN = 60
"""Longest value that is shown in full, in characters."""

_Path = tuple[Hashable, ...]


def faults(error: ValidationError, document: Node) -> tuple[str, ...]:
    """Tell every fault pydantic found, in the order of the file.

    Args:
        error: What pydantic says of the document's content.
        document: The YAML document, for the lines.
    """
    # A value that may be of two types is refused once for each; one of them will do.
    found = {_path(fault["loc"]): fault for fault in reversed(error.errors(include_url=False))}
    lines = {path: _line(document, path) for path in found}
    return tuple(
        f"line {lines[path]}: {'.'.join(str(key) for key in path)}: {_said(path, found[path])}"
        for path in sorted(found, key=lambda path: (lines[path], str(path)))
    )


def _path(location: _Path) -> _Path:
    """The part of pydantic's location that an admin knows: keys of sections, no type names."""
    sections = tuple(_sections(location))
    return location[: len(sections)]


def _sections(location: _Path) -> Iterator[type[Section]]:
    """The section each key of a location belongs to, up to the first key that is no section."""
    section: type[Section] | None = Config
    for key in location:
        if section is None:
            return
        yield section
        field = section.model_fields.get(str(key))
        section = section_of(field.annotation) if field else None


def _line(document: Node, path: _Path) -> int:
    """The line of a key, or of the innermost section around one that is not in the file."""
    line, node = document.start_mark.line, document
    for key in path:
        pairs = node.value if isinstance(node, MappingNode) else []
        match = next((pair for pair in pairs if pair[0].value == str(key)), None)
        if match is None:
            break
        line, node = match[0].start_mark.line, match[1]
    return int(line) + 1


def _said(path: _Path, fault: ErrorDetails) -> str:
    section, key = tuple(_sections(path))[-1], str(path[-1])
    if key not in section.model_fields:
        return _unknown(section, key)
    if section_of(section.model_fields[key].annotation):
        return "must be a section of keys, indented below it"
    if fault["type"] == "value_error":
        must = str(fault["ctx"]["error"])
    else:
        must = f"must be {allowed(section, key)}"
    if must.startswith("must be text") and isinstance(fault["input"], int | float):
        must += "; put it in quotes"
    shown = "this value" if is_secret(section, key) else _shown(fault["input"])
    return f"{shown} is not allowed; {must}"


def _unknown(section: type[Section], key: str) -> str:
    near = difflib.get_close_matches(key, section.model_fields, n=1)
    return "unknown key; " + (
        f"did you mean {near[0]!r}?" if near else f"known are {', '.join(section.model_fields)}"
    )


def _shown(value: object) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a section"
    text = repr(masked(value)) if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
