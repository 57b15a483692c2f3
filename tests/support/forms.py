"""Whether what a door tells has the forms that are published in `docs`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
ASYNCAPI = SCHEMAS.parent / "asyncapi.json"
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
    validators = (_validator(f"{_KINDS[stream]}.{name}"), _message_validator(stream, name))
    return [
        f"{topic}: {fault.json_path}: {fault.message}"
        for validator in validators
        for fault in validator.iter_errors(content)
    ]


@cache
def _validator(name: str) -> Validator:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@cache
def _message_validator(stream: str, name: str) -> Validator:
    """Of the message of this name on the channel of this stream."""
    document = json.loads(ASYNCAPI.read_text("utf-8"))
    (channel,) = (
        one for one in document["channels"].values() if f"/{{door}}/{stream}/" in one["address"]
    )
    components = document["components"]
    keys = [one["$ref"].rpartition("/")[2] for one in channel["messages"].values()]
    messages = [components["messages"][key] for key in keys]
    payload: dict[str, Any] = next(
        (one["payload"] for one in messages if one["name"] == name), {"not": {}}
    )
    return Draft202012Validator({**payload, "components": components})
