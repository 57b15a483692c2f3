import re
from pathlib import Path

import pytest

from faceidd.errors import ConfigError
from faceidd.simulate.reel import Reel, Shot
from faceidd.simulate.scenario import (
    ExpectScript,
    FaultScript,
    PersonScript,
    Scenario,
    Step,
    load_scenario,
)
from faceidd.simulate.simulation import is_known, visits_of

SHIPPED = sorted((Path(__file__).parents[2] / "config" / "scenarios").glob("*.yaml"))
EMPTY = "title: A\nday: [{nobody_s: 1}]\n"
PEOPLE = "people:\n  eileen: {portrait: eileen_collins}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_scenarios_are_right(path: Path) -> None:
    assert load_scenario(path).expect.false_unlocks == 0


def test_the_shipped_scenarios_have_every_kind_of_fault() -> None:
    used = {fault.what for path in SHIPPED for fault in load_scenario(path).faults}
    kinds = Scenario.model_json_schema()["$defs"]["FaultScript"]["properties"]["what"]["enum"]
    assert used == set(kinds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: A\nday: []\n", "line 2: day: an empty list is not allowed"),
        ("title: A\nday:\n  - {nobody_s: 1}\nhaste: 0\n", "line 4: haste: 0 is not allowed"),
        ("title: A\nday:\n  - {nobody_s: 1}\npeple: {}\n", "did you mean 'people'?"),
        ("title: A\nday:\n  - {}\n", "line 3: day[1]: must have either nobody_s or who"),
        (f"title: A\n{PEOPLE}day:\n  - {{who: kim}}\n", "names 'kim', who is not one of"),
        (
            "title: A\npeople:\n  kim: {enrolled: false}\nday:\n  - {who: kim}\n",
            "'kim' has no portrait, so set clip",
        ),
        (
            "title: A\npeople:\n  kim: {}\nday:\n  - {nobody_s: 1}\n",
            "line 3: people.kim: must have a portrait or photos",
        ),
        (
            "title: A\nday:\n  - {nobody_s: 1}\nfaults:\n  - {what: broker dies, at: 1}\n",
            "line 5: faults[1]: must have lasts, because what is 'broker dies'",
        ),
        (
            EMPTY + "faults: [{what: clock jumps, at: 0, by_s: 2, lasts: 3}]\n",
            "has no lasts, because what is 'clock jumps'",
        ),
        (
            "title: A\nday:\n  - {nobody_s: 1}\nfaults:\n  - {what: fire, at: 1, lasts: 1}\n",
            "'fire' is not allowed",
        ),
        (
            EMPTY + "repeat: 2\nfaults:\n  - {what: camera dies, at: 2, lasts: 1}\n",
            "number 1 is at 2 s, when the scenario is over: it ends at 2 s",
        ),
        (EMPTY + "camera: {source: /dev/video0}\n", "line 3: camera: must not have source"),
        ("title: A\n", "line 1: day: is missing; must be a list of at least 1"),
        ("title: A\nday: 3\n", "line 2: day: 3 is not allowed; must be a list of at least 1"),
        (
            f"title: A\n{PEOPLE}day: [{{who: eileen, near_px: [9]}}]\n",
            "near_px: a list is not allowed; must be a list of two numbers from 0 to 480",
        ),
        (
            f"title: A\n{PEOPLE}day: [{{who: eileen, light: [1, 3]}}]\n",
            "light: 3 is not allowed; must be a list of two numbers from 0 to 2",
        ),
        (
            "title: A\nday: [{nobody_s: -2}]\n",
            "-2 is not allowed; must be a number above 0, or null",
        ),
        (
            EMPTY + "expect: {missed_visits: -1}\n",
            "-1 is not allowed; must be a whole number of at least 0, or null",
        ),
        (EMPTY + "people: 3\n", "3 is not allowed; must be a section of keys"),
        (
            f"title: A\n{PEOPLE}day: [{{who: bob}}]\n",
            "line 4: day: number 1 names 'bob', who is not one of the people",
        ),
        ("", "Write 'title:', and 'day:' with a list"),
    ],
    ids=range(21),
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        load_scenario(written(tmp_path, text))
    assert said in str(told.value)


def test_haste_may_be_another(tmp_path: Path) -> None:
    path = written(tmp_path, "title: A\nhaste: 5\nday:\n  - {nobody_s: 1}\n")
    assert load_scenario(path).haste == 5
    assert load_scenario(path, 20.0).haste == 20
    with pytest.raises(ConfigError, match="haste: 1000"):
        load_scenario(path, 1000.0)


def test_clips_lie_beside_the_scenario(tmp_path: Path) -> None:
    text = f"title: A\n{PEOPLE}day:\n  - {{who: eileen, clip: clips/a.mp4}}\n"
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.mp4").touch()
    assert load_scenario(written(tmp_path, text)).day[0].clip == tmp_path / "clips" / "a.mp4"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{PEOPLE}day:\n  - {{who: eileen, clip: a.mp4}}\n", "line 5: day[1].clip: 'a.mp4' "),
        ("people:\n  kim: {photos: a}\nday: [{nobody_s: 1}]\n", "line 3: people.kim.photos: 'a' "),
        ("day: [{nobody_s: 1}]\npolicy: a.yaml\n", "line 3: policy: 'a.yaml' "),
    ],
    ids=["clip", "photos", "policy"],
)
def test_a_file_that_is_not_there_is_told_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)) as told:
        load_scenario(written(tmp_path, f"title: A\n{text}"))
    assert str(tmp_path / "a") in told.value.what


def test_a_mistake_in_its_policy_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("timezone: UTC\ndors: {}\n")
    with pytest.raises(ConfigError, match=r"policy\.yaml is not right:\s+line 2: dors: "):
        load_scenario(written(tmp_path, EMPTY + "policy: policy.yaml\n"))


def test_another_process_reads_the_same_scenario(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.onnx"):
        (tmp_path / name).touch()
    (tmp_path / "a.yaml").write_text("timezone: UTC\n")
    (tmp_path / "photos").mkdir()
    text = (
        "title: A\npolicy: a.yaml\ndetector: {name: yunet, yunet_model: a.onnx}\npeople:\n"
        "  eileen: {portrait: eileen_collins, photos: photos}\n"
        "day:\n  - {who: eileen, clip: a.mp4, seconds: 3}\n  - {who: eileen, near_px: [90, 99]}\n"
    )
    scenarios = [load_scenario(path, 7.0) for path in (*SHIPPED, written(tmp_path, text))]
    assert scenarios == [Scenario.of_json(one.as_json()) for one in scenarios]


def test_the_door_opens_for_who_is_in_the_gallery_by_then(tmp_path: Path) -> None:
    text = (
        f"title: A\nrepeat: 3\n{PEOPLE}day:\n  - {{nobody_s: 6}}\n  - {{who: eileen}}\nfaults:\n"
        "  - {what: gallery without, who: eileen, at: 12}\n"
        "  - {what: gallery with, who: eileen, at: 22}\n"
    )
    scenario = load_scenario(written(tmp_path, text))
    reel = Reel([Shot("", 6.0), Shot("", 4.0, "eileen", near_after=1.0)], 10)
    visits = visits_of(scenario, reel)
    assert [visit.opens for visit in visits] == [True, False, True]
    assert [(visit.begins, visit.near, visit.ends) for visit in visits] == [
        (6, 7, 10),
        (16, 17, 20),
        (26, 27, 30),
    ]
    assert not is_known(scenario, "eileen", 12)


def test_who_never_comes_near_is_not_expected_to_pass() -> None:
    scenario = Scenario.model_validate(
        {
            "title": "A",
            "people": {"eileen": {"portrait": "eileen_collins"}},
            "day": [{"who": "eileen"}],
        }
    )
    (visit,) = visits_of(scenario, Reel([Shot("", 4.0, "eileen")], 10))
    assert (visit.opens, visit.near) == (False, None)


def test_the_page_tells_of_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulate.md").read_text()
    sections = (Scenario, PersonScript, Step, FaultScript, ExpectScript)
    keys = {key for section in sections for key in section.model_fields}
    kinds = Scenario.model_json_schema()["$defs"]["FaultScript"]["properties"]["what"]["enum"]
    assert {name for name in {*keys, *kinds} if f"`{name}`" not in page} == set()
