"""Laws that every policy keeps, whatever it says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.policies import (
    BERLIN,
    KIM,
    LEE,
    MIA,
    OFFICE,
    moment,
    policy,
)

from faceidd.access.judge import Request, judge
from faceidd.access.policy import (
    Allowance,
    AntiPassback,
    DoorRules,
    FactorKind,
    FirstPerson,
    PersonRules,
    Policy,
    SecondFactor,
    TwoPersons,
)
from faceidd.access.recent import Recent, Shown
from faceidd.access.ruling import Ground
from faceidd.units import Instant, Seconds

PIN = frozenset({FactorKind.PIN})

_WHO = st.sampled_from([KIM, LEE, MIA, "Kim again"])
_PEOPLE = st.none() | st.frozensets(st.sampled_from([KIM, LEE, MIA]))
_SECONDS = st.floats(0.0, 1e6).map(Seconds)
_SCHEDULE = st.none() | st.just(OFFICE)
_MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, BERLIN])) | st.sampled_from(
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        datetime.min.replace(tzinfo=BERLIN),
        datetime.max.replace(tzinfo=BERLIN),
    ]
)
_INSTANTS = st.floats(-1e12, 1e12).map(Instant)
_RESTRICTIONS: Mapping[str, st.SearchStrategy[Any]] = {
    "lockdown": st.booleans(),
    "cooldown": _SECONDS,
    "anti_passback": st.builds(
        AntiPassback, st.none() | _SECONDS, st.none() | st.just("back"), _SECONDS
    ),
    "first_person": st.builds(FirstPerson, _PEOPLE, _SCHEDULE),
    "two_persons": st.builds(TwoPersons, _PEOPLE, _SECONDS, _SCHEDULE),
    "second_factor": st.builds(SecondFactor, st.just(PIN), _SECONDS, _SCHEDULE),
}
_RECENT = st.builds(
    Recent,
    st.dictionaries(st.tuples(st.sampled_from(["front", "back"]), _WHO), _INSTANTS),
    st.lists(st.builds(Shown, _WHO, st.just("v"), _INSTANTS), max_size=3).map(tuple),
    st.dictionaries(_WHO, _INSTANTS),
    st.dictionaries(_WHO, _INSTANTS),
    st.booleans(),
)
_ALLOWED = st.lists(st.builds(Allowance, st.just("some"), _PEOPLE, _SCHEDULE), max_size=3).map(
    tuple
)
_DOORS = st.builds(DoorRules, st.just(BERLIN), _ALLOWED)
_PERSON = st.builds(PersonRules, st.none() | _MOMENTS, st.none() | _MOMENTS)
_POLICIES = st.builds(
    Policy,
    st.dictionaries(st.sampled_from(["front", "back"]), _DOORS),
    st.dictionaries(_WHO, _PERSON),
    st.just({"Kim again": KIM}),
    st.none() | _MOMENTS,
)
_REQUESTS = st.builds(
    Request, st.none() | _WHO, st.sampled_from(["front", "no"]), st.none() | _MOMENTS, _INSTANTS
)


@given(
    base=_POLICIES,
    more=st.fixed_dictionaries({}, optional=_RESTRICTIONS),
    theirs=_PERSON,
    wanted=_REQUESTS,
    recent=_RECENT,
    data=st.data(),
)
def test_whatever_happens_it_rules_and_more_rules_never_open_a_door(
    base: Policy,
    more: dict[str, Any],
    theirs: PersonRules,
    wanted: Request,
    recent: Recent,
    data: st.DataObject,
) -> None:
    before = judge(base, wanted, recent)
    doors = {name: replace(rules, **more) for name, rules in base.doors.items()}
    stricter = data.draw(
        st.sampled_from(
            [
                replace(base, doors=doors),
                replace(base, doors=doors, people={KIM: theirs, **base.people}),
                replace(base, doors={}),
                replace(base, written_at=base.written_at or moment("2026-01-01")),
                replace(base, doors={n: replace(r, allowed=()) for n, r in base.doors.items()}),
            ]
        )
    )
    after = judge(stricter, wanted, recent)
    assert before.granted or not after.granted
    if wanted.door not in base.doors:
        assert before.ground is Ground.UNKNOWN_DOOR
    assert before.granted == all(check.against is None for check in before.checks)
    assert judge(base, wanted, recent) == before


@given(wanted=_REQUESTS, recent=_RECENT, more=st.fixed_dictionaries({}, optional=_RESTRICTIONS))
def test_who_is_allowed_nothing_gets_nothing(
    wanted: Request, recent: Recent, more: dict[str, Any]
) -> None:
    rules = policy(**{**more, "allowed": (Allowance("mia", frozenset({MIA})),)})
    if wanted.person not in {None, MIA}:
        assert not judge(rules, wanted, recent).granted
