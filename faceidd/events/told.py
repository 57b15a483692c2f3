"""Told: the form that all records on the wire share. What they say is their own."""

from pydantic import BaseModel, ConfigDict


class Told(BaseModel):
    """A record that is told: it never changes, and takes nothing that its form does not name.

    Numbers are finite. Each field's docstring is its description in the published schema, and
    `schema_` is `schema` on the wire.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        serialize_by_alias=True,
    )
