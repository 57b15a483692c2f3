"""What was cut off is told from what is whole."""

from pathlib import Path

import pytest

from faceidd.daemon.outline import Outline
from faceidd.daemon.yaml_file import read_yaml
from faceidd.errors import ConfigError

POLICY = """\
timezone: UTC
people:
  kim: {cards: ["12"]}
doors:
  front:
    allow:
      - who: [kim]
        when: night
      - who: [everybody]
        when: day
    second_factor: {kinds: [pin], within_s: 20}
    lockdown: true
"""
ADDED = POLICY + "  back:\n    allow:\n      - who: [everybody]\n        when: day\n"


def read(text: str, folder: Path) -> Outline:
    file = folder / "policy.yaml"
    file.write_text(text)
    return Outline.of(read_yaml(file, most_bytes=65536, do="look", empty="fill it"))


def refused(now: Outline, was: Outline) -> str:
    with pytest.raises(ConfigError, match="may be half written") as told:
        now.require_whole(Path("policy.yaml"), was, asked=False)
    now.require_whole(Path("policy.yaml"), was, asked=True)
    return str(told.value)


def test_no_part_of_a_file_is_whole_unless_all_that_ran_is_in_it(tmp_path: Path) -> None:
    was, yaml = read(POLICY, tmp_path), 0
    for end in range(1, len(ADDED), 2):
        try:
            now = read(ADDED[:end], tmp_path)
        except ConfigError:
            continue  # no YAML
        yaml += 1
        if ADDED[:end] != POLICY:
            refused(now, was)
    assert yaml > 50


@pytest.mark.parametrize(
    ("now", "lacks"),
    [
        (POLICY.partition("    second")[0], "it lacks doors.front.second_factor"),
        (POLICY.replace("true", "false").rstrip(), "its last line has no end"),
        (ADDED, "it ends with doors.back.allow.0.when"),
        (POLICY.replace("        when: night\n", ""), "it lacks doors.front.allow.0.when"),
    ],
    ids=["cut", "cut in a value", "more", "a rule less"],
)
def test_what_is_missing_is_named(now: str, lacks: str, tmp_path: Path) -> None:
    assert lacks in refused(read(now, tmp_path), read(POLICY, tmp_path))


def test_a_name_with_a_dot_hides_nothing_that_is_missing(tmp_path: Path) -> None:
    was = read("people:\n  kim: {pin: a}\n  max: 1\n", tmp_path)
    now = read("people:\n  kim: {}\n  kim.pin: {}\n  max: 1\n", tmp_path)
    assert "it lacks people.kim.pin" in refused(now, was)


@pytest.mark.parametrize(
    "now",
    [
        POLICY.replace("20", "30"),
        POLICY.replace("people:\n", "people:\n  max:\n"),
        "# Of today\n" + POLICY + "# The end\n",
    ],
    ids=["other values", "one more in between", "comments"],
)
def test_what_is_whole_needs_nobody_to_say_so(now: str, tmp_path: Path) -> None:
    read(now, tmp_path).require_whole(Path("policy.yaml"), read(POLICY, tmp_path), asked=False)


def test_a_file_whose_last_line_has_no_end_serves_while_it_stays(tmp_path: Path) -> None:
    same = read(POLICY.rstrip(), tmp_path)
    same.require_whole(Path("policy.yaml"), read(POLICY.rstrip(), tmp_path), asked=False)
