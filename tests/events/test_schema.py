"""The published forms are those of the types."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.forms import SCHEMAS, faults
from support.news import forced

from faceidd.cli.main import main
from faceidd.events.asyncapi import asyncapi
from faceidd.events.event import TYPE_NAMES
from faceidd.events.schema import schemas

DOCS = SCHEMAS.parent


def test_the_published_schemas_are_those_of_the_types(tmp_path: Path) -> None:
    assert main(["events", "schema", "--into", str(tmp_path)]) == 0
    made = {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()}
    assert made == {file.name: file.read_text("utf-8") for file in SCHEMAS.iterdir()}, (
        "docs/schemas is behind the types: faceidd events schema --into docs/schemas"
    )


def test_the_published_asyncapi_document_is_that_of_the_types(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["events", "asyncapi"]) == 0
    assert capsys.readouterr().out == (DOCS / "asyncapi.json").read_text("utf-8"), (
        "docs/asyncapi.json is behind the types: faceidd events asyncapi > docs/asyncapi.json"
    )


def test_schemas_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "schema"]) == 0
    assert capsys.readouterr().out.split() == list(schemas())
    assert main(["events", "schema", "state.1.door"]) == 0
    assert json.loads(capsys.readouterr().out) == schemas()["state.1.door"]
    assert main(["events", "schema", "event.1.door_exploded"]) == 2


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = asyncapi()

    def follow(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(reference := part.get("$ref"), str):
                found: Any = document
                for step in reference.removeprefix("#/").split("/"):
                    found = found[step]
            for value in part.values():
                follow(value)
        elif isinstance(part, list):
            for value in part:
                follow(value)

    follow(document)
    told = document["channels"]["events"]["parameters"]["type"]["enum"]
    alarms = document["channels"]["alarms"]["parameters"]["type"]["enum"]
    assert sorted([*told, *alarms]) == sorted(TYPE_NAMES)


def test_a_wrong_form_is_found() -> None:
    assert faults("faceidd/front/event/door_opened", "{}")
    assert faults("faceidd/front/state/door", "no JSON")
    assert not faults("faceidd/front/status", "{}")
    alarm = forced("v1").model_dump_json()
    assert not faults("faceidd/front/alarm/duress_signaled", alarm)
    assert faults("faceidd/front/event/duress_signaled", alarm)  # it has a topic of its own


def test_the_page_of_events_tells_of_every_type_and_its_examples_are_right() -> None:
    page = (DOCS / "events.md").read_text("utf-8")
    assert set(TYPE_NAMES) <= set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    assert len(examples) >= 3
    for example in examples:
        stream, name = "event", example.get("type")
        if name is None:
            stream, name = "state", "door"
        assert faults(f"faceidd/front/{stream}/{name}", json.dumps(example)) == []
