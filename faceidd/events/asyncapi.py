"""An AsyncAPI 3 document of all that a door says and hears over MQTT, made from the types."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from faceidd import __version__
from faceidd.attribute_docs import DescribedJsonSchema
from faceidd.events.command import Command
from faceidd.events.envelope import Envelope, Worth
from faceidd.events.event import TYPES
from faceidd.events.picture_note import Kind, PictureNote
from faceidd.events.retained import STATES

VERSION = "3.0.0"
_REF = "#/components/schemas/{model}"
_STATUS = {
    "type": "object",
    "required": ["state"],
    "additionalProperties": False,
    "properties": {"state": {"enum": ["online", "offline"]}},
}
_PICTURE = {"type": "string", "format": "binary", "contentMediaType": "image/jpeg"}
_PROPERTIES = {
    "prefix": {"description": "`mqtt.prefix` of the configuration.", "default": "faceidd"},
    "door": {"description": "`door.id` of the configuration."},
}

Document = dict[str, Any]


def asyncapi() -> Document:
    """The document, ready to be written as JSON or YAML."""
    models: list[type[BaseModel]] = [*TYPES, *STATES, PictureNote, Command]
    _, made = models_json_schema(
        [(model, "serialization") for model in models],
        by_alias=True,
        ref_template=_REF,
        schema_generator=DescribedJsonSchema,
    )
    told: list[type[BaseModel] | str] = [*models, "Status", "Picture"]
    streams = _streams()
    return {
        "asyncapi": VERSION,
        "id": "urn:faceidd:door",
        "info": {
            "title": "faceidd",
            "version": __version__,
            "description": "What a door tells, shows and obeys over MQTT 5.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "broker.example:8883",
                "protocol": "secure-mqtt",
                "protocolVersion": "5.0",
                "description": "Any MQTT 5 broker; port 1883 and `mqtt` without TLS.",
            }
        },
        "channels": {name: channel for name, (channel, _) in streams.items()},
        "operations": {name: operation for name, (_, operation) in streams.items()},
        "components": {
            "schemas": {**made["$defs"], "Status": _STATUS, "Picture": _PICTURE},
            "messages": dict(map(_message, told)),
        },
    }


def _streams() -> dict[str, tuple[Document, Document]]:
    alarms = [one for one in TYPES if one.worth is Worth.ALARM]
    news = [one for one in TYPES if one.worth is Worth.NEWS]
    others = [one for one in TYPES if one.worth is not Worth.ALARM]
    return {
        "events": _stream(
            "events",
            "event/{type}",
            others,
            "What happened. Never retained; whoever acts on it looks at `expires_at` first.",
        ),
        "history": _stream(
            "history",
            "history/{type}",
            news,
            "What happened and could not be told while it was news. Nobody may act on it.",
        ),
        "alarms": _stream(
            "alarms", "alarm/{type}", alarms, "The silent alarm, for few to read. Never retained."
        ),
        "states": _stream(
            "states",
            "state/{name}",
            STATES,
            "What is so now; sent when it changes and after each reconnection.",
            retain=True,
        ),
        "status": _stream(
            "status", "status", ["Status"], "Whether the door is there; also its will.", retain=True
        ),
        **_pictures(),
        "commands": _stream(
            "commands",
            "command",
            [Command],
            "Signed commands; the door listens where `mqtt.commands` is true, to none retained.",
            action="receive",
        ),
    }


def _pictures() -> dict[str, tuple[Document, Document]]:
    return {
        "pictures": _stream(
            "pictures",
            "snapshot/{kind}",
            ["Picture"],
            "The face that an event is about, where `snapshots.publish` is true. Never retained.",
            values=Kind,
        ),
        "pictureNotes": _stream(
            "pictureNotes",
            "snapshot/{kind}/about",
            [PictureNote],
            "What the picture right before was of. Never retained.",
            values=Kind,
        ),
    }


def _stream(
    name: str,
    address: str,
    models: Iterable[type[BaseModel] | str],
    description: str,
    *,
    retain: bool = False,
    action: str = "send",
    values: Iterable[str] | None = None,
) -> tuple[Document, Document]:
    kinds = list(models)
    parameters: Document = dict(_PROPERTIES)
    if "{" in address:
        parameters[address[address.index("{") + 1 : address.index("}")]] = {
            "enum": [str(one) for one in values] if values else [_short(one) for one in kinds],
            "description": "What it is about.",
        }
    names = [_name(one) for one in kinds]
    channel = {
        "address": f"{{prefix}}/{{door}}/{address}",
        "description": description,
        "parameters": parameters,
        "messages": {one: {"$ref": f"#/components/messages/{one}"} for one in names},
    }
    operation = {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": description,
        "messages": [{"$ref": f"#/channels/{name}/messages/{one}"} for one in names],
        "bindings": {"mqtt": {"qos": 1, "retain": retain, "bindingVersion": "0.2.0"}},
    }
    return channel, operation


def _message(model: type[BaseModel] | str) -> tuple[str, Document]:
    name = _name(model)
    message: Document = {
        "name": _short(model),
        "title": name,
        "payload": {"$ref": _REF.format(model=name)},
    }
    if model == "Picture":
        message["contentType"] = "image/jpeg"
    if not isinstance(model, str):
        message["summary"] = " ".join((model.__doc__ or "").split("\n\n", maxsplit=1)[0].split())
    return name, message


def _name(model: type[BaseModel] | str) -> str:
    return model if isinstance(model, str) else model.__name__


def _short(model: type[BaseModel] | str) -> str:
    if isinstance(model, str):
        return model.lower()
    if issubclass(model, Envelope):
        return str(model.model_fields["type"].default)
    return str(getattr(model, "name", model.__name__.lower()))
