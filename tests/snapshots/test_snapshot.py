"""What pictures are of, and what their files are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.news import opened
from support.pictured import EVENT, denied, recognized, snapshot, stranger

from faceidd.access.decision import Reason
from faceidd.events.event import Event
from faceidd.events.picture_note import Kind
from faceidd.snapshots.snapshot import Snapshot


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (stranger(), Kind.STRANGER),
        (stranger(reason=Reason.AMBIGUOUS), Kind.STRANGER),
        (stranger(reason=Reason.EXPIRED), Kind.DENIED),
        (stranger(reason=Reason.NOT_YET_VALID), Kind.DENIED),
        (denied(), Kind.DENIED),
        (recognized(), Kind.RECOGNIZED),
    ],
)
def test_a_picture_is_of_the_event_that_a_face_caused(event: Event, kind: Kind) -> None:
    made = Snapshot.of(event)
    assert made is not None
    assert (made.kind, made.visit, made.event) == (kind, "v1", event.id)
    assert Snapshot.parse(made.file_name) == made


def test_other_events_have_no_picture() -> None:
    assert Snapshot.of(opened("v1")) is None


def test_a_file_tells_when_what_and_which_visit_and_nobodys_name() -> None:
    name = snapshot(kind=Kind.RECOGNIZED, visit="0a1b2c3d4e5f").file_name
    assert name == f"20260504T120000.123Z_recognized_0a1b2c3d4e5f_{EVENT}.jpg.age"


@given(st.text("0159TZ._-ad", max_size=60), st.integers(0, 90))
def test_other_names_are_none(part: str, at: int) -> None:
    name = snapshot().file_name
    name = name[:at] + part + name[at + len(part) :]
    found = Snapshot.parse(name)
    assert found is None or found.file_name == name


def test_a_day_that_no_month_has_is_none() -> None:
    assert Snapshot.parse(snapshot().file_name.replace("20260504", "20260231")) is None
