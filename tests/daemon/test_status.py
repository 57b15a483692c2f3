"""The metrics of a daemon, judged for a person."""

from pathlib import Path

import pytest
from support.measured import whole

from faceidd.camera.health import PictureFault
from faceidd.daemon.status import Part, Samples, duration, judge, parse

NOW = 1795608000.0 + 7200  # two hours after the last good sync


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Of a door that has everything; all is well but for events that were never told."""
    metrics, writer = whole(tmp_path_factory.mktemp("door"))
    text = metrics.text().decode()
    writer.close()
    return {**parse(text), ("gallery_changed_timestamp_seconds", ()): NOW - 300}


def judged(samples: Samples, **changes: float | None) -> dict[str, Part]:
    """What is said after some metrics changed; None is that they are absent."""
    changed = {key: value for key, value in samples.items() if key[0] not in changes}
    changed |= {(name, ()): value for name, value in changes.items() if value is not None}
    return {part.name: part for part in judge(changed, NOW)}


def test_each_part_is_told_in_words(samples: Samples) -> None:
    parts = judged(samples, outbox_dropped_total=0.0, start_time_seconds=NOW - 86400 * 3)
    version = parts.pop("daemon").text
    assert {name: (part.health, part.text) for name, part in parts.items()} == {
        "camera": ("ok", "last frame 0.4 s ago, 2 looked at, 1 failed, lost 1 times"),
        "door": ("ok", "locked, opened 1 times"),
        "gallery": ("ok", "1 people, version 0, changed 5 min ago, synced 2 h ago"),
        "broker": ("ok", "online, 3 events wait, 0 were never told"),
        "audit": ("ok", "record 0"),
        "board": ("ok", "61 °C"),
    }
    assert version.endswith("up 3 d, 1 MB, capture 2 MB")


def test_a_camera_that_is_online_and_blind_is_a_warning(tmp_path: Path) -> None:
    metrics, writer = whole(tmp_path, blind=(PictureFault.FROZEN, PictureFault.DARK))
    text = metrics.text().decode()
    writer.close()
    camera = judged(parse(text))["camera"]
    assert camera.health == "warn"
    assert camera.text.endswith(": its picture is dark, frozen")


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("camera", {"camera_online": 0.0}),
        ("camera", {"frame_age_seconds": 11.0}),
        ("camera", {"frame_age_seconds": None}),
        ("gallery", {"gallery_people": 0.0}),
        ("gallery", {"gallery_changed_timestamp_seconds": None}),
        ("broker", {"broker_online": 0.0}),
        ("broker", {"outbox_dropped_total": 1.0}),
        ("broker", {"outbox_waiting": 21.0}),
        ("broker", {"outbox_durable": 0.0}),
        ("broker", {"broker_online": None, "outbox_dropped_total": 1.0}),
        ("broker", {"broker_online": None, "outbox_waiting": 21.0}),
        ("broker", {"broker_online": None, "outbox_durable": 0.0}),
        ("audit", {"audit_failing": 1.0}),
        ("audit", {"audit_lost_total": 1.0}),
    ],
)
def test_what_somebody_should_look_after_is_a_warning(
    samples: Samples, part: str, changes: dict[str, float | None]
) -> None:
    assert judged(samples, **{"outbox_dropped_total": 0.0} | changes)[part].health == "warn"


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("door", ("door_alert", (("alert", "forced"),)), 1.0),
        ("board", ("board_temperature_celsius", (("zone", "cpu-thermal"),)), 81.0),
        ("board", ("board_throttled", (("condition", "throttled"), ("when", "now"))), 1.0),
    ],
)
def test_so_are_alerts_heat_and_throttling(
    samples: Samples, part: str, key: tuple[str, tuple[tuple[str, str], ...]], value: float
) -> None:
    assert judged({**samples, key: value})[part].health == "warn"


def test_a_door_that_tells_only_a_web_server_is_judged_by_what_waits(samples: Samples) -> None:
    part = judged(samples, broker_online=None, outbox_dropped_total=0.0)["broker"]
    assert (part.health, part.text) == ("ok", "none, 3 events wait, 0 were never told")


def test_who_keeps_events_in_memory_by_choice_is_not_warned(samples: Samples) -> None:
    changes = {"outbox_durable": None, "outbox_dropped_total": 0.0}
    assert judged(samples, **changes)["broker"].health == "ok"


def test_what_a_door_has_not_is_off(samples: Samples) -> None:
    bare = {
        key: value
        for key, value in samples.items()
        if not key[0].startswith(("broker", "audit", "board", "outbox"))
    }
    parts = {part.name: part.health for part in judge(bare, NOW)}
    assert (parts["broker"], parts["audit"], parts["board"]) == ("off", "off", "off")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0.0 s"),
        (0.25, "0.2 s"),
        (119, "119.0 s"),
        (150, "2 min"),
        (7200, "2 h"),
        (400000, "5 d"),
    ],
)
def test_times_are_told_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_page_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="html"):
        parse("<html>{</html>")
