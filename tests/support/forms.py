"""Whether what a door tells has the form that is published in `docs/schemas`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
_KINDS = {"event": "event.1", "history": "event.1", "alarm": "event.1", "state": "state.1"}


def faults(topic: str, text: str) -> list[str]:
    """What is wrong with a message of the door `front` or another; nothing on other topics."""
    *_, stream, name = topic.split("/")
    if stream not in _KINDS or name == "check":
        return []
    try:
        content: Any = json.loads(text)
    except ValueError:
        return [f"{topic}: no JSON: {text}"]
    found = _validator(f"{_KINDS[stream]}.{name}").iter_errors(content)
    return [f"{topic}: {fault.json_path}: {fault.message}" for fault in found]


@cache
def _validator(name: str) -> Validator:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
