import json
from dataclasses import replace

import pytest

from faceidd.simulate.levels import ServiceLevels, quantile
from faceidd.simulate.report import told
from faceidd.simulate.scenario import ExpectScript, Scenario, Step
from faceidd.simulate.slope import Slope

GOOD = ServiceLevels(
    scenario_s=600, real_s=60, looks=1000, failed_looks=0, visits=10, to_open=5, unlocks=5,
    false_unlocks=0, missed_visits=0, unlock_p50_s=0.4, unlock_p95_s=0.9, denials=5,
    events={"person_recognized": 5, "stranger_seen": 5}, events_per_visit=1.0, camera_losses=1,
    camera_back_s=[3.0], broker_back_s=[5.0], disk_back_s=[2.0], rss_mb=200,
    rss_mb_per_h=Slope(0.5, -0.5, 1.5),
)  # fmt: skip
EXPECT = ExpectScript(
    false_unlocks=0, missed_visits=0, unlocks=5, unlock_p50_s=0.4, unlock_p95_s=1, denials=5,
    events_per_visit=1, camera_back_s=3, broker_back_s=5, disk_back_s=2, rss_mb_per_h=0,
)  # fmt: skip


def test_good_levels_break_nothing() -> None:
    assert GOOD.broken(EXPECT) == ()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"false_unlocks": 1}, "false_unlocks"),
        ({"missed_visits": 1}, "missed_visits"),
        ({"unlocks": 4}, "unlocks"),
        ({"unlock_p50_s": 0.41}, "unlock_p50_s"),
        ({"unlock_p95_s": None}, "unlock_p95_s"),
        ({"denials": 4}, "denials"),
        ({"events_per_visit": 1.2}, "events_per_visit"),
        ({"camera_back_s": [1.0, 3.1]}, "camera_back_s"),
        ({"camera_back_s": [1.0, None]}, "camera_back_s"),
        ({"broker_back_s": []}, "broker_back_s"),
        ({"disk_back_s": [None]}, "disk_back_s"),
        ({"rss_mb_per_h": Slope(2, 0.1, 4)}, "rss_mb_per_h"),
        ({"rss_mb_per_h": None}, "rss_mb_per_h"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_limit_can_be_broken(change: dict[str, object], name: str) -> None:
    (said,) = replace(GOOD, **change).broken(EXPECT)  # type: ignore[arg-type]  # the change may be of any field
    assert said.startswith(f"{name} ")


def test_false_unlocks_are_never_expected_unasked() -> None:
    assert len(replace(GOOD, false_unlocks=1).broken(ExpectScript())) == 1


@pytest.mark.parametrize(("part", "value"), [(0.5, 2), (0.95, 4), (1.0, 4), (0.0, 1)])
def test_a_quantile_is_one_of_the_values(part: float, value: float) -> None:
    assert quantile([4, 2, 1, 3], part) == value


def test_nothing_has_no_quantile() -> None:
    assert quantile([], 0.5) is None


def test_a_report_says_what_is_not_as_expected() -> None:
    scenario = Scenario(title="An evening", day=[Step(nobody_s=1)])
    assert told(scenario, GOOD, ()).endswith("as expected")
    assert "NOT AS EXPECTED: too late" in told(scenario, GOOD, ["too late"])


def test_levels_survive_the_way_from_one_process_to_another() -> None:
    assert ServiceLevels.of_json(json.loads(json.dumps(GOOD.as_json()))) == GOOD
