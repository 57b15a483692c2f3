"""JSON Schemas of all that is told, made from the types themselves."""

from typing import Any

from pydantic import BaseModel

from faceidd.attribute_docs import DescribedJsonSchema
from faceidd.events.envelope import SCHEMA as EVENT_SCHEMA
from faceidd.events.event import TYPES
from faceidd.events.retained import SCHEMA as STATE_SCHEMA
from faceidd.events.retained import STATES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """The schema of each event and each state, by its file's name without the ending.

    Events are `event.1.person_recognized` and so on, states `state.1.door`; the number is the
    version of the form.
    """
    events = {_name(EVENT_SCHEMA, one.model_fields["type"].default): one for one in TYPES}
    states = {_name(STATE_SCHEMA, one.name): one for one in STATES}
    return {name: _schema(name, one) for name, one in (events | states).items()}


def _name(form: str, name: str) -> str:
    kind, version = form.removeprefix("faceidd.").split("/")
    return f"{kind}.{version}.{name}"


def _schema(name: str, model: type[BaseModel]) -> Schema:
    # As it is written, not as it may be read: every field is there.
    made = model.model_json_schema(
        by_alias=True, mode="serialization", schema_generator=DescribedJsonSchema
    )
    return {"$schema": DIALECT, "$id": f"urn:faceidd:{name}", **made}
