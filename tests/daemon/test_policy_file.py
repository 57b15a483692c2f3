"""The policy file: what it says becomes rules, and every mistake in it is told."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from faceidd.access.judge import Request, judge
from faceidd.access.policy import AntiPassback, FactorKind, SecondFactor, TwoPersons
from faceidd.access.recent import Recent
from faceidd.access.ruling import Ground
from faceidd.daemon.policy_file import load_policy
from faceidd.errors import ConfigError
from faceidd.units import Instant, Seconds

EXAMPLE = Path(__file__).parents[2] / "config" / "policy.yaml"

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str) -> Path:
        file = tmp_path / "policy.yaml"
        file.write_text(text)
        os.utime(file, (0, 0))
        return file

    return _write


def told(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        load_policy(file)
    assert refusal.value.exit_code == 3
    return [
        line.strip()
        for line in str(refusal.value).removesuffix(". Correct these lines.").splitlines()
    ]


def ground(file: Path, person: str, now: str, door: str = "front") -> Ground:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    request = Request(person, door, moment, Instant(moment.timestamp()))
    return judge(load_policy(file).policy, request, Recent()).ground


def test_the_example_is_right_and_says_what_it_means() -> None:
    policy = load_policy(EXAMPLE).policy
    front, vault = policy.doors["front"], policy.doors["vault"]
    assert front.anti_passback == AntiPassback(timed=Seconds(300.0))
    assert front.first_person is not None
    assert front.first_person.people == frozenset({"Kim", "Robin", "Sam"})
    assert isinstance(front.second_factor, SecondFactor)
    assert front.second_factor.kinds == {FactorKind.PIN, FactorKind.CARD}
    assert isinstance(vault.two_persons, TwoPersons)
    assert front.propped is not None
    assert (front.propped.name, vault.propped) == ("office", None)
    assert vault.cooldown == 60.0
    assert policy.doors["cage-in"].anti_passback == AntiPassback(until_passed="cage-out")
    assert policy.doors["cage-in"].allowed[0].people is None
    assert policy.duress == {"Kim with glasses": "Kim"}
    guest = policy.people["Guest"]
    assert guest.valid_from == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert guest.valid_until == datetime(2026, 3, 6, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("valid", "now", "expected"),
    [
        ("valid_from: 2026-03-02", "2026-03-01T22:59:59", Ground.NOT_YET_VALID),
        ("valid_from: 2026-03-02", "2026-03-01T23:00:00", Ground.ALLOWED),
        ("valid_until: 2026-03-28", "2026-03-28T22:59:59", Ground.ALLOWED),
        ("valid_until: 2026-03-28", "2026-03-28T23:00:00", Ground.PASS_EXPIRED),
        ("valid_until: 2026-03-29", "2026-03-29T21:59:59", Ground.ALLOWED),
        ("valid_until: 2026-03-29", "2026-03-29T22:00:00", Ground.PASS_EXPIRED),
        ("valid_until: 2026-07-01 12:00", "2026-07-01T09:59:59", Ground.ALLOWED),
        ("valid_until: 2026-07-01 12:00", "2026-07-01T10:00:00", Ground.PASS_EXPIRED),
        ("valid_until: 9999-12-31", "2026-07-01T10:00:00", Ground.ALLOWED),
    ],
)
def test_a_pass_is_meant_by_the_clock_on_the_wall(
    write: Write, valid: str, now: str, expected: Ground
) -> None:
    file = write(
        f"timezone: Europe/Berlin\npeople: {{Kim: {{{valid}}}}}\n"
        "doors: {front: {allow: [{who: [Kim]}]}}\n"
    )
    assert ground(file, "Kim", now) is expected


def test_two_doors_may_lie_in_two_time_zones(write: Write) -> None:
    file = write(
        """\
timezone: Europe/Berlin
schedules: {office: [{days: mon-fri, begins: "07:00", ends: "19:00"}]}
doors:
  front: {allow: [{who: [everybody], when: office}]}
  far: {timezone: Pacific/Auckland, allow: [{who: [everybody], when: office}]}
"""
    )
    assert ground(file, "Kim", "2026-01-05T11:00:00") is Ground.ALLOWED
    assert ground(file, "Kim", "2026-01-05T11:00:00", "far") is Ground.OUTSIDE_SCHEDULE
    assert ground(file, "Kim", "2026-01-05T18:00:00", "far") is Ground.ALLOWED
    assert ground(file, "Kim", "2026-01-05T18:00:00", "side") is Ground.UNKNOWN_DOOR


def test_no_clock_is_right_that_shows_a_time_before_the_file_was_written(write: Write) -> None:
    file = write(
        """\
timezone: UTC
schedules: {day: [{days: mon-sun, begins: "00:00", ends: "24:00"}]}
doors: {front: {allow: [{who: [everybody], when: day}]}}
"""
    )
    os.utime(file, (1_767_225_600, 1_767_225_600))  # 2026-01-01
    assert ground(file, "Kim", "2025-12-31T23:59:59") is Ground.CLOCK_IMPLAUSIBLE
    assert ground(file, "Kim", "2026-01-01T00:00:00") is Ground.ALLOWED


DAYS = "mon, tue, wed, thu, fri, sat, sun, holiday"
MISTAKES = """\
timezone: Europe/Berln
holidays: [2026-12-25, nonsense]
schedules:
  office:
    - {days: mon-fry, begins: "07:00", ends: "19:00"}
    - {days: mon, begins: 07:00, ends: "07:00"}
    - {days: mon, begins: "7:00", end: "07:00"}
groups: {staff: [Kim, 3], x: y}
people: {Kim: {valid_untl: 3, valid_from: 2026-02-31 10:00}, Guest: 5}
doors:
  front: {allow: [{who: staff}]}
  back: 4
keys: {a: {public_key: x, commands: [unlok]}}
"""
TOLD = [
    (
        "line 1: timezone: 'Europe/Berln' is not allowed; must be a time zone; did you mean"
        " 'Europe/Berlin'?"
    ),
    "line 2: holidays[2]: 'nonsense' is not allowed; must be a day, 2026-12-25",
    (
        "line 5: schedules.office[1].days: 'mon-fry' is not allowed; must be days and ranges of"
        f" days, of {DAYS}"
    ),
    (
        "line 6: schedules.office[2]: must end at another time than"
        " it begins; a whole day ends at 24:00"
    ),
    "line 7: schedules.office[3].begins: '7:00' is not allowed; must be a time of day, 07:30",
    "line 7: schedules.office[3].end: unknown key; did you mean 'ends'?",
    "line 7: schedules.office[3].ends: is missing; must be a time of day, 07:30",
    "line 8: groups.staff[2]: 3 is not allowed; must be text; put it in quotes",
    "line 8: groups.x: 'y' is not allowed; must be a list",
    "line 9: people.Guest: 5 is not allowed; must be a section of keys",
    (
        "line 9: people.Kim.valid_from: '2026-02-31 10:00' is not allowed; must be a day and a"
        " time that exist"
    ),
    "line 9: people.Kim.valid_untl: unknown key; did you mean 'valid_until'?",
    (
        "line 11: doors.front.allow[1].who: 'staff' is not allowed; must be a list of names of"
        " groups and people"
    ),
    "line 12: doors.back: 4 is not allowed; must be a section of keys",
    (
        "line 13: keys.a.commands[1]: 'unlok' is not allowed; must be 'unlock', 'lockdown',"
        " 'release', 'reload' or 'identify'"
    ),
    (
        "line 13: keys.a.public_key: 'x' is not allowed; must be what `faceidd command keygen`"
        " prints"
    ),
]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(write: Write) -> None:
    file = write(MISTAKES)
    assert told(file) == [f"{file} is not right:", *TOLD]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("groups: {staff: [Kim]}\npeople: {staff: }", "groups.staff: is also a person's name"),
        ("groups: {everybody: [Kim]}", "groups.everybody: is the name of all whom the gallery"),
        (
            "people: {A: {duress_look: B}, B: }",
            "duress_look: 'B' is not allowed; must be no person",
        ),
        (
            "people: {A: {duress_look: C}, B: {duress_look: C}}",
            "people.B.duress_look: 'C' is not allowed; it is that of 'A'",
        ),
        (
            "groups: {staff: [Kim]}\ndoors: {a: {allow: [{who: [staf]}]}}",
            (
                "line 3: doors.a.allow[1].who[1]: 'staf' is no group or person of this policy; did"
                " you mean 'staff'?"
            ),
        ),
        (
            "doors: {a: {first_person: {who: [everybody], when: never}}}",
            "doors.a.first_person.when: 'never' is no schedule of this policy",
        ),
        (
            "doors: {a: {propped: {when: never}}}",
            "doors.a.propped.when: 'never' is no schedule of this policy",
        ),
        (
            "doors: {a: {second_factor: {kinds: [pin], when: never}}}",
            "doors.a.second_factor.when: 'never' is no schedule",
        ),
        ("doors: {a: {two_persons: {who: [Kim]}}}", "two_persons.who[1]: 'Kim' is no group or"),
        (
            "doors: {front: {anti_passback: {until_passed: font}}, back: }",
            "doors.front.anti_passback.until_passed: 'font' is no other door of this policy",
        ),
        (
            "doors: {a: {anti_passback: {}}}",
            "doors.a.anti_passback: must have timed_s, or until_passed",
        ),
        ("people: {A: {pin: 1234}}", "must be what `faceidd access hash` prints"),
        (
            "people: {A: {valid_until: 2026-01-01 10:00:00}}",
            "must be a day, 2026-03-31, or a minute, 2026-03-31 17:30",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_told(write: Write, text: str, fault: str) -> None:
    _, line = told(write(f"timezone: UTC\n{text}\n"))
    assert fault in line


def test_a_policy_says_its_time_zone(write: Write) -> None:
    assert "line 1: timezone: is missing; must be a time zone" in told(write("doors: {}\n"))[1]


@pytest.mark.parametrize("text", ["", "doors", "a: ["])
def test_what_is_no_policy_is_told(write: Write, text: str) -> None:
    assert told(write(text))


def test_a_missing_policy_is_told(tmp_path: Path) -> None:
    assert "No such file" in told(tmp_path / "policy.yaml")[0]
