"""`faceidd access`: what it says of a policy and of expected decisions."""

import getpass
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from faceidd.access.secret import is_secret
from faceidd.cli.main import main
from faceidd.daemon.policy_cases import load_cases
from faceidd.errors import ConfigError

POLICY = """\
timezone: Europe/Berlin
schedules: {office: [{days: mon-fri, begins: "07:00", ends: "19:00"}]}
groups: {staff: [Kim, Lee]}
people: {Mia: {duress_look: Mia again}}
doors:
  front:
    allow: [{who: [staff], when: office}, {who: [Mia]}]
    anti_passback: {timed_s: 300}
  vault:
    allow: [{who: [staff]}]
    two_persons: {who: [staff]}
    second_factor: {kinds: [pin]}
  shop: {allow: [{who: [staff]}], propped: {when: office}}
"""
CASES = """\
cases:
  - {person: Kim, door: front, at: 2026-03-02 07:00, expect: grant}
  - {person: Kim, door: front, at: 2026-03-02T06:00Z, expect: grant}
  - {person: Kim, door: front, at: 2026-03-02 06:59, expect: outside_schedule}
  - {person: Kim, door: front, at: 2026-03-02 06:59, expect: deny}
  - {person: Kim, door: front, at: 2026-03-02 09:00, lockdown: true, expect: lockdown}
  - {person: Ben, door: front, at: 2026-03-02 09:00, expect: not_allowed}
  - {person: Mia again, door: front, at: 2026-03-01 03:00, expect: grant}
  - person: Mia
    door: front
    at: 2026-03-29 03:04
    passed: [{person: Mia, at: 2026-03-29 01:59}, {person: Kim, door: vault, at: 2026-03-29 01:59}]
    expect: grant
  - {person: Kim, door: vault, at: 2026-03-02 09:00, expect: second_person_awaited}
  - {person: Kim, door: vault, at: 2026-03-02 09:00, beside: [Lee], expect: second_factor_awaited}
  - person: Kim
    door: vault
    at: 2026-03-02 09:00
    beside: [Lee]
    second_factor: true
    expect: grant
  - {person: Kim, door: side, at: 2026-03-02 09:00, expect: unknown_door}
"""


@pytest.fixture
def policy(tmp_path: Path) -> str:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    return str(file)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    file = tmp_path / "cases.yaml"
    file.write_text(CASES)
    return file


def test_expected_decisions_are_what_the_policy_says(
    policy: str, cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["access", "test", "--policy", policy, str(cases)]) == 0
    assert capsys.readouterr().out == "12 of 12 cases are as expected\n"


def test_the_documents_cases_are_what_the_example_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(__file__).parents[2]
    (block,) = re.findall(
        r"```yaml\n(cases:.*?)```", (root / "docs" / "access.md").read_text(), re.DOTALL
    )
    file = tmp_path / "cases.yaml"
    file.write_text(block)
    assert main(["access", "test", "--policy", str(root / "config/policy.yaml"), str(file)]) == 0
    assert capsys.readouterr().out == "3 of 3 cases are as expected\n"


def test_a_decision_that_is_not_as_expected_is_told_and_fails(
    policy: str, cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases.write_text(CASES.replace("06:59, expect: deny", "06:59, expect: grant"))
    assert main(["access", "test", "--policy", policy, str(cases)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "Kim at front, 2026-03-02 06:59: expected grant, the policy says deny,"
            " outside_schedule, by allow staff, office"
        ),
        "11 of 12 cases are as expected",
    ]


def test_a_wrong_case_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text("cases:\n- {person: Kim, door: front, at: noon, expect: granted}\n")
    with pytest.raises(ConfigError) as refusal:
        load_cases(file)
    _, at, expect = str(refusal.value).splitlines()
    assert "line 2: cases[1].at: 'noon' is not allowed; must be a moment" in at
    assert "line 2: cases[1].expect: 'granted' is not allowed; must be one of grant, deny" in expect


@pytest.mark.parametrize(
    ("arguments", "code", "first", "last"),
    [
        (
            ["--person", "Kim", "--door", "front", "--at", "2026-07-06 12:00"],
            0,
            "Kim at front, Mon 2026-07-06 12:00 CEST: grant, by anti_passback",
            "  pass  anti_passback",
        ),
        (
            ["--person", "Kim", "--door", "front", "--at", "2026-07-06T20:00+00:00"],
            1,
            (
                "Kim at front, Mon 2026-07-06 22:00 CEST: deny, outside_schedule,"
                " by allow staff, office"
            ),
            "  pass  anti_passback",
        ),
        (
            [
                "--person=Kim",
                "--door=front",
                "--at=2026-07-06 12:00",
                "--passed=Kim=2026-07-06 11:56",
            ],
            1,
            (
                "Kim at front, Mon 2026-07-06 12:00 CEST: deny, anti_passback,"
                " by anti_passback.timed_s"
            ),
            "  deny  anti_passback.timed_s: anti_passback",
        ),
        (
            [
                "--person=Kim",
                "--door=vault",
                "--at=2026-07-06 12:00",
                "--beside=Lee",
                "--second-factor",
            ],
            0,
            "Kim at vault, Mon 2026-07-06 12:00 CEST: grant, by second_factor",
            "  pass  second_factor",
        ),
        (
            ["--person=Kim", "--door=vault", "--at=2026-07-06 12:00", "--lockdown"],
            1,
            "Kim at vault, Mon 2026-07-06 12:00 CEST: deny, lockdown, by lockdown",
            "  deny  second_factor: second_factor_awaited",
        ),
        (
            ["--person=Kim", "--door=shop", "--at=2026-07-06 12:00"],
            0,
            "Kim at shop, Mon 2026-07-06 12:00 CEST: grant, by allow staff, always",
            "  the leaf may stand open, by propped office",
        ),
        (
            ["--person=Kim", "--door=shop", "--at=2026-07-06 06:59"],
            0,
            "Kim at shop, Mon 2026-07-06 06:59 CEST: grant, by allow staff, always",
            "  the leaf may not stand open, by propped office",
        ),
        (
            ["--person=Kim", "--door=shop", "--at=2026-07-06 12:00", "--lockdown"],
            1,
            "Kim at shop, Mon 2026-07-06 12:00 CEST: deny, lockdown, by lockdown",
            "  the leaf may not stand open, by propped office",
        ),
    ],
)
def test_a_ruling_is_explained(
    policy: str,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    first: str,
    last: str,
) -> None:
    assert main(["access", "explain", "--policy", policy, *arguments]) == code
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[-1]) == (first, last)


def test_who_explains_without_a_moment_means_now(
    policy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["access", "explain", "--policy", policy, "--person=Mia", "--door=front"]) == 0
    assert re.match(r"Mia at front, \w{3} 20\d\d-", capsys.readouterr().out)


@pytest.mark.parametrize("wrong", [["--at", "noon"], ["--passed", "Kim"]])
def test_what_cannot_be_explained_is_told(
    policy: str, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    arguments = ["access", "explain", "--policy", policy, "--person=Kim", "--door=front", *wrong]
    assert main(arguments) == 3
    assert f"{wrong[0]} cannot be taken" in capsys.readouterr().err


def test_a_policy_is_found_by_the_configuration(
    policy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "faceidd.yaml"
    config.write_text("policy: {file: policy.yaml}\n")
    assert main(["access", "check", "--config", str(config)]) == 0
    warning, right = capsys.readouterr().out.splitlines()
    assert warning == "warning: without pin for vault: Mia"
    assert right.startswith(f"{policy} is right: 3 doors, 1 people, 1 groups")
    config.write_text("policy: {}\n")
    assert main(["access", "check", "--config", str(config)]) == 3
    assert "names no policy" in capsys.readouterr().err


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is typed where a secret is asked for."""
    lines: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda _: lines.pop(0))
    yield lines
    assert not lines


def test_a_secret_is_hashed(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    typed += ["2468", "2468"]
    assert main(["access", "hash"]) == 0
    assert is_secret("2468", capsys.readouterr().out.strip())


@pytest.mark.parametrize("lines", [["2468", "2469"], ["", ""]])
def test_what_is_no_secret_is_refused(typed: list[str], lines: list[str]) -> None:
    typed += lines
    assert main(["access", "hash"]) == 3
