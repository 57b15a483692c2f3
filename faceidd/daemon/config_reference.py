"""Reference: every key of the configuration as its schema tells it, for messages and for people."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from faceidd.attribute_docs import attribute_docs
from faceidd.daemon.config import Config
from faceidd.daemon.config_section import Section

_Schema = dict[str, Any]


def reference() -> str:
    """All sections and keys as Markdown tables; `docs/configuration.md` holds them."""
    return "\n".join(_tables(Config, ""))


def section_of(annotation: object) -> type[Section] | None:
    """The section a field's type holds, `None | TlsConfig` too; None where it holds a value."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, Section):
            return kind
    return None


def allowed(section: type[Section], key: str) -> str:
    """What a key of a section allows, in plain words: `a number from 0.1 to 30`."""
    return _words(section.model_json_schema()["properties"][key])


def is_secret(section: type[Section], key: str) -> bool:
    """Whether a key's value must never be shown."""
    return '"writeOnly": true' in json.dumps(section.model_json_schema()["properties"][key])


def _tables(section: type[Section], prefix: str) -> Iterator[str]:
    keys = list(section.model_fields)
    docs = attribute_docs(section)
    rows = [_row(section, key, docs) for key in keys if not _is_plain_section(section, key)]
    if rows:
        yield f"## `{prefix}`\n\n{' '.join((section.__doc__ or '').split())}\n"
        yield "| Key | Default | Allowed | What it is for |\n|---|---|---|---|"
        yield from rows
        yield ""
    inner: dict[type[Section], list[str]] = {}
    for key in keys:
        if kind := section_of(section.model_fields[key].annotation):
            inner.setdefault(kind, []).append(f"{prefix}.{key}".lstrip("."))
    for kind, places in inner.items():
        yield from _tables(kind, "`, `".join(places))


def _is_plain_section(section: type[Section], key: str) -> bool:
    return isinstance(section.model_fields[key].default, Section)


def _row(section: type[Section], key: str, docs: Mapping[str, str]) -> str:
    field = section.model_fields[key]
    default = "none" if field.is_required() else json.dumps(field.default, default=str).strip('"')
    purpose = " ".join(docs[key].split())
    return f"| `{key}` | `{default}` | {allowed(section, key)} | {purpose} |"


def _words(schema: _Schema) -> str:
    if "allowed" in schema:
        return str(schema["allowed"])
    if "anyOf" in schema:
        return ", or ".join(_words(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(f"{choice}" for choice in schema["enum"])
    if "$ref" in schema:
        return "a section of keys"
    return _PLAIN.get(schema["type"], _text)(schema)


def _text(schema: _Schema) -> str:
    if schema.get("format") == "path":
        return "a path"
    return f"text of at most {schema['maxLength']} characters" if "maxLength" in schema else "text"


def _number(schema: _Schema) -> str:
    noun = "a whole number" if schema["type"] == "integer" else "a number"
    if "minimum" in schema and "maximum" in schema:
        return f"{noun} from {schema['minimum']} to {schema['maximum']}"
    bounds = [f"{words} {schema[key]}" for key, words in _BOUNDS.items() if key in schema]
    return f"{noun} {' and '.join(bounds)}" if bounds else noun


def _list(schema: _Schema) -> str:
    return f"a list of at least {schema['minItems']}" if "minItems" in schema else "a list"


_BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "of at least",
    "exclusiveMaximum": "below",
    "maximum": "of at most",
}
_PLAIN: Mapping[str, Callable[[_Schema], str]] = {
    "array": _list,
    "boolean": lambda _: "true or false",
    "null": lambda _: "null",
    "integer": _number,
    "number": _number,
    "object": lambda _: "a section of keys",
}
