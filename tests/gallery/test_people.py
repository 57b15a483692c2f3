"""People of a file: each as it was written, and nothing that does not fit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from faceidd.gallery.consent import Consent
from faceidd.gallery.people import NEVER, People, are_ends, tabulated
from faceidd.gallery.person import Person
from faceidd.gallery.sealed import Tables

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
SOME = (
    Person("a", "Kim", ("staff", "guest"), FIRST, LAST, Consent("Kim", FIRST, "1")),
    Person("b", "Kim"),
    Person("ü", "김민준", ("staff",), expires_at=datetime(2026, 3, 1, tzinfo=UTC)),
    Person("👩‍🚀", "a", consent=Consent("staff", LAST, "김")),
)


def test_everybody_is_as_they_were() -> None:
    people = People(tabulated(SOME))
    assert people == SOME
    assert people == SOME
    assert people == People(tabulated(SOME))
    assert people != SOME[1:]
    assert people != list(SOME)
    assert people.ids == [one.id for one in SOME]
    assert (len(people), people[1], people[-1], people[1:3]) == (4, SOME[1], SOME[3], SOME[1:3])
    assert people.index(SOME[2]) == 2
    with pytest.raises(IndexError):
        people[4]


def test_each_text_lies_there_once() -> None:
    tables = tabulated(SOME)
    assert tables["texts"].tobytes().decode() == "aKim1gueststaffbü김민준👩‍🚀김"
    assert len(tables["text_ends"]) == 10


@pytest.mark.parametrize("text", ["", "K" * 201, "Kim\udcff"])
def test_texts_that_cannot_be_kept_are_refused(text: str) -> None:
    for person in (
        Person(text, "Kim"),
        Person("kim", text),
        Person("kim", "Kim", (text,)),
        Person("kim", "Kim", consent=Consent(text, FIRST, "1")),
    ):
        with pytest.raises(ValueError, match=r"text|surrogates"):
            tabulated([person])
    with pytest.raises(ValueError, match="more than 64 groups"):
        tabulated([Person("kim", "Kim", tuple(map(str, range(65))))])


def spoiled(name: str, place: int | tuple[int, int], value: int) -> Tables:
    tables = {name: table.copy() for name, table in tabulated(SOME).items()}
    tables[name][place] = value
    return tables


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("texts", 0, 0xFF),
        ("texts", 0, ord("b")),
        ("text_ends", 0, 0),
        ("text_ends", 0, -(1 << 63)),
        ("text_ends", -1, (1 << 63) - 1),
        ("text_ends", 6, 19),
        ("people", (0, 0), -1),
        ("people", (0, 1), 10),
        ("people", (0, 2), -1),
        ("people", (0, 3), -2),
        ("people", (1, 2), 0),
        ("people", (1, 3), 99),
        ("moments", (0, 0), NEVER + 1),
        ("moments", (0, 1), (1 << 63) - 1),
        ("moments", (0, 2), NEVER),
        ("moments", (1, 2), 0),
        ("groups", 0, 10),
        ("groups", 0, -1),
        ("group_ends", 0, 4),
        ("group_ends", 0, -1),
        ("group_ends", -1, 2),
    ],
)
def test_tables_that_do_not_fit_are_refused(
    name: str, place: int | tuple[int, int], value: int
) -> None:
    with pytest.raises(ValueError, match=r"fit|texts|order|decode"):
        People(spoiled(name, place, value))


@pytest.mark.parametrize(
    "people", [SOME[::-1], (SOME[0], replace(SOME[1], id="a"))], ids=["order", "twice"]
)
def test_people_in_disorder_are_refused(people: tuple[Person, ...]) -> None:
    with pytest.raises(ValueError, match="order of their ids"):
        People(tabulated(people))


def test_tables_of_another_form_are_refused() -> None:
    for name in tabulated(SOME):
        for table in (np.zeros(4, np.float32), np.zeros((4, 5), np.int64)):
            with pytest.raises(ValueError, match=r"form|columns"):
                People(tabulated(SOME) | {name: table})
        left = {one: table for one, table in tabulated(SOME).items() if one != name}
        with pytest.raises(KeyError):
            People(left)


def test_moments_keep_their_last_microsecond() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(microseconds=1)
    (person,) = People(tabulated([Person("kim", "Kim", valid_from=moment)]))
    assert person.valid_from == moment


@pytest.mark.parametrize(
    ("ends", "last", "fits"),
    [
        ([], 0, True),
        ([], 1, False),
        ([1, 3], 3, True),
        ([1, 1], 1, False),
        ([0, 1], 1, False),
        ([2, 1], 1, False),
        ([-(1 << 63), (1 << 63) - 1], (1 << 63) - 1, False),
    ],
)
def test_ends_are_told_from_other_numbers(ends: list[int], last: int, fits: bool) -> None:
    assert are_ends(np.array(ends, np.int64), last) is fits
