"""Attribute docs: what stands below a record's attributes, for schemas and tables that show it.

Read from the source when somebody asks. Pydantic can do the same (`use_attribute_docstrings`) as
each class is made, which takes a quarter of the time in which a door starts.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema


def attribute_docs(model: type[BaseModel]) -> dict[str, str]:
    """Attribute -> its docstring, those of the base classes too.

    Raises:
        OSError: The source is not there.
    """
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one is not BaseModel:
            found.update(_own(one))
    return found


class DescribedJsonSchema(GenerateJsonSchema):
    """Makes JSON Schemas whose properties are described by `attribute_docs`."""

    def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
        """Make the schema of one model; see `GenerateJsonSchema`."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        for name, doc in attribute_docs(model).items():
            field = model.model_fields.get(name)
            if field is not None:
                alias = field.serialization_alias or field.alias or name
                made["properties"][alias].setdefault("description", doc)
        return made


def _own(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    if not isinstance(body, ast.ClassDef):
        return
    for before, after in zip(body.body, body.body[1:], strict=False):
        match before, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
