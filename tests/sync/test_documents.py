import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sync_fuzz import ASSIGNMENT_DOCUMENT, EDITION_DOCUMENT, mutated
from support.synced_door import SyncedDoor, people

from faceidd.sync.documents import parse_assignment, parse_edition
from faceidd.sync.refused import Reason, RefusedError

EDITION: str = EDITION_DOCUMENT["edition"]
DELTA = EDITION_DOCUMENT["deltas"][0]
WHOLE = EDITION_DOCUMENT["gallery"]


def parse(document: object) -> None:
    parse_edition(json.dumps(document).encode(), "editions/x.json", EDITION)


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": "faceidd.edition/2"},
        {"edition": "1" * 16},
        {"version": 0},
        {"version": 2**53},
        {"version": "7"},
        {"version": 8},
        {"published_at": "2026-11-25T20:00:00"},
        {"model_id": "../../etc"},
        {"gallery": {**WHOLE, "target": "galleries/other/7.age"}},
        {"gallery": {**WHOLE, "size": 1 << 31}},
        {"gallery": {**WHOLE, "sha256": "0"}},
        {"deltas": [{**DELTA, "target": "editions/x.json"}]},
        {"deltas": [DELTA] * 65},
        {"pack": {"target": "packs/../7.tar", "size": 1}},
    ],
    ids=str,
)
def test_an_edition_that_is_none_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as caught:
        parse({**EDITION_DOCUMENT, **changed})
    assert caught.value.reason is Reason.DAMAGED


def test_what_later_versions_add_is_passed_over() -> None:
    parse({**EDITION_DOCUMENT, "later": [1]})


def test_a_document_that_is_too_long_is_refused() -> None:
    with pytest.raises(RefusedError, match="more than"):
        parse({**EDITION_DOCUMENT, "later": "x" * 70_000})


@given(st.binary(max_size=200) | mutated(EDITION_DOCUMENT))
def test_whatever_is_signed_gives_an_edition_or_a_refusal(content: bytes) -> None:
    with suppress(RefusedError):
        parse_edition(content, "x", EDITION)


@given(st.binary(max_size=200) | mutated(ASSIGNMENT_DOCUMENT))
def test_whatever_is_signed_gives_an_assignment_or_a_refusal(content: bytes) -> None:
    with suppress(RefusedError):
        parse_assignment(content, "x")


def wrong_digest(document: dict[str, Any]) -> None:
    document["gallery"]["sha256"] = "0" * 64


def wrong_size(document: dict[str, Any]) -> None:
    document["gallery"]["size"] += 1


def wrong_model(document: dict[str, Any]) -> None:
    document["model_id"] = "b" * 64


@pytest.mark.parametrize("spoil", [wrong_digest, wrong_size, wrong_model])
def test_an_edition_that_does_not_fit_its_gallery_is_refused(
    good_door: SyncedDoor, spoil: Any
) -> None:
    before = good_door.gallery.read_bytes()
    repository = good_door.repository
    document = repository.edit(people(7, 2), [good_door.recipient], deltas=0)
    spoil(document)
    repository.put_edition(document)
    repository.publish()
    with pytest.raises(RefusedError) as caught:
        good_door.sync()
    assert caught.value.reason is Reason.UNFIT
    assert good_door.gallery.read_bytes() == before
