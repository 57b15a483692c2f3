import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from faceidd.store.door_report import DoorReport, age_words, read_reports

GALLERY = {
    "schema": "faceidd.state/1",
    "door": "front",
    "site": "seoul",
    "at": "2026-11-25T20:00:00Z",
    "edition": "0f3a9c51d2e4b687",
    "version": 7,
    "sha256": "a" * 64,
    "people": 3,
    "model_id": "b" * 64,
    "model_name": "facenet int8",
    "published_at": "2026-11-25T21:00:00+09:00",
    "software": "1.2",
    "sync": {"result": "delta", "checked_at": "2026-11-25T12:30:00Z", "detail": None},
}


def read(gallery: object, status: bytes = b'{"state":"online"}') -> DoorReport:
    messages = {
        "site/a/front/status": status,
        "site/a/front/state/gallery": json.dumps(gallery).encode(),
    }
    return read_reports("site/a", messages)["front"]


def test_what_a_door_says_is_read() -> None:
    report = read(GALLERY)
    assert report.online is True
    gallery = report.gallery
    assert (gallery.edition, gallery.version, gallery.people) == ("0f3a9c51d2e4b687", 7, 3)
    assert gallery.published_at == datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert gallery.sync is not None
    assert (gallery.sync.words, gallery.sync.failed) == ("delta", False)


@pytest.mark.parametrize(
    ("sync", "words", "failed"),
    [
        ({"ok": True, "reason": "nothing new"}, "nothing new", False),
        ({"ok": False, "reason": "expired"}, "expired", True),
        ({"result": "expired", "detail": "timestamp is past"}, "expired: timestamp is past", True),
        ({}, None, False),
    ],
)
def test_a_sync_is_told_with_its_reason(
    sync: dict[str, object], words: str | None, failed: bool
) -> None:
    found = read(GALLERY | {"sync": sync}).gallery.sync
    assert found is not None
    assert (found.words, found.failed) == (words, failed)


@pytest.mark.parametrize("field", list(GALLERY))
@pytest.mark.parametrize("value", [None, [], {"a": 1}, -1, 1 << 80, "x" * 201, "a\x1b[2J", "\n"])
def test_a_field_that_makes_no_sense_is_unknown_and_the_others_are_not(
    field: str, value: object
) -> None:
    found, whole = read(GALLERY | {field: value}).gallery, read(GALLERY).gallery
    for name in type(whole).model_fields:
        if name != field:
            assert getattr(found, name) == getattr(whole, name)
    assert field not in type(whole).model_fields or getattr(found, field) != getattr(whole, field)


def test_a_door_that_says_little_is_known_by_that() -> None:
    assert read({}) == DoorReport(online=True)
    assert read({}, b'{"state":"offline"}').online is False
    assert read({}, b'{"state":"else"}').online is None
    assert read({}, b"").online is None


@pytest.mark.parametrize(
    "topic",
    ["other/front/status", "site/a", "site/a/", "site/a//status", "site/a/x\x1b/status",
     "site/a/front/state/door", "site/afront/status", f"site/a/{'x' * 201}/status"],
)  # fmt: skip
def test_what_is_no_doors_is_left_out(topic: str) -> None:
    assert read_reports("site/a", {topic: b'{"state":"online"}'}) == {}


@settings(max_examples=20)
@given(some.binary() | some.just(b"[" * 9999) | some.text().map(str.encode))
def test_nothing_that_comes_is_more_than_unknown(payload: bytes) -> None:
    messages = {"p/front/status": payload, "p/front/state/gallery": payload}
    report = read_reports("p", messages)["front"]
    assert "\x1b" not in report.model_dump_json()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s"), (59, "59 s"), (600, "10 min"), (8000, "2 h"), (864000, "10 d")],
)
def test_an_age_is_told_roughly(seconds: int, words: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert age_words(now - timedelta(seconds=seconds), now) == words
