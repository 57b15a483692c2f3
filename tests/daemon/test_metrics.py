"""What is counted of a daemon, and what is asked for when somebody reads."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.hand_clock import HandClock
from support.measured import KNOWN, POINT, seen, whole
from support.outcomes import MINA, grant

from faceidd.camera.latest import CameraState
from faceidd.daemon.board import Board
from faceidd.daemon.metrics import Metrics, similarity_buckets
from faceidd.daemon.metrics_state import MetricsState, Probes
from faceidd.daemon.status import Samples, parse
from faceidd.door.situation import Situation
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "metrics.md"
DASHBOARD = ROOT / "config" / "grafana" / "faceidd.json"
SUFFIXES = re.compile(r"_(bucket|sum|count)$")


@pytest.fixture
def text(tmp_path: Path) -> Iterator[str]:
    """All metrics of a door that has everything."""
    metrics, writer = whole(tmp_path)
    yield metrics.text().decode()
    writer.close()


@pytest.fixture
def samples(text: str) -> Samples:
    return parse(text)


def names(samples: Samples) -> set[str]:
    return {f"faceidd_{SUFFIXES.sub('', name)}" for name, _ in samples}


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("frames_total", {}, 2),
        ("frames_failed_total", {}, 1),
        ("frame_age_seconds", {}, 0.4),
        ("look_latency_seconds_count", {}, 2),
        ("stage_seconds_sum", {"stage": "embed"}, 0.004),
        ("faces_judged_total", {}, 4),
        ("faces_rejected_total", {"reason": "too_dark"}, 2),
        ("decisions_total", {"verdict": "grant", "reason": "recognized"}, 2),
        ("visits_total", {"verdict": "deny", "reason": "stranger"}, 1),
        ("similarity_bucket", {"matched": "yes", "le": "0.75"}, 1),
        ("similarity_bucket", {"matched": "yes", "le": "0.7"}, 0),
        ("similarity_bucket", {"matched": "no", "le": "0.25"}, 1),
        ("rulings_total", {"ground": "allowed"}, 1),
        ("door_openings_total", {"cause": "grant"}, 1),
        ("commands_total", {"result": "obeyed"}, 1),
        ("commands_total", {"result": "expired"}, 1),
        ("threshold", {"scale": "cosine"}, 0.5),
        ("gallery_people", {}, 1),
        ("camera_online", {}, 1),
        ("camera_losses_total", {}, 1),
        ("camera_alert", {"alert": "frozen"}, 0),
        ("door_state", {"state": "locked"}, 1),
        ("door_state", {"state": "fault"}, 0),
        ("door_alert", {"alert": "forced"}, 0),
        ("broker_online", {}, 1),
        ("outbox_waiting", {}, 3),
        ("outbox_dropped_total", {}, 2),
        ("snapshots_missed_total", {}, 4),
        ("audit_failing", {}, 0),
        ("sync_good_timestamp_seconds", {}, 1795608000),
        ("board_temperature_celsius", {"zone": "cpu-thermal"}, 61.234),
        ("board_throttled", {"condition": "under_voltage", "when": "since_start"}, 1),
        ("board_throttled", {"condition": "under_voltage", "when": "now"}, 0),
        ("memory_bytes", {"process": "daemon", "kind": "pss"}, 512 << 10),
        ("memory_bytes", {"process": "capture", "kind": "rss"}, 2 << 20),
        ("cpu_seconds_total", {"process": "daemon"}, 31),
        ("cpu_seconds_total", {"process": "capture"}, 21),
    ],
)
def test_each_metric_says_what_happened_or_is(
    samples: Samples, name: str, labels: dict[str, str], value: float
) -> None:
    assert samples[name, tuple(sorted(labels.items()))] == pytest.approx(value)


def test_nobody_stands_in_a_metric(text: str) -> None:
    assert MINA.id not in text
    assert MINA.name not in text
    assert "v1" not in text


def test_the_page_grows_with_no_visitor() -> None:
    metrics = seen()
    before = len(metrics.text().splitlines())
    for number in range(50):
        metrics.outcome(replace(grant(999.5), visit=f"v{number}"))
    assert len(metrics.text().splitlines()) == before


def test_the_documentation_names_each_metric_and_no_other(samples: Samples) -> None:
    documented = set(re.findall(r"^\| `(faceidd_\w+)` \|", DOCS.read_text(), re.MULTILINE))
    assert documented == names(samples)


def test_the_dashboard_asks_for_what_there_is(samples: Samples) -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
        for name in re.findall(r"faceidd_\w+", target["expr"])
    }
    told = {f"faceidd_{name}" for name, _ in samples}
    assert asked <= told
    assert len(asked) >= 20


def test_the_labels_that_the_dashboard_asks_for_exist(samples: Samples) -> None:
    labels = {f"faceidd_{name}": dict(found) for name, found in samples}
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            for name, inside in re.findall(r"(faceidd_\w+)\{([^}]*)\}", target["expr"]):
                for label in re.findall(r"(\w+)(?:=~|=|!=)", inside):
                    assert label in {*labels[name], "instance", "job"}, target["expr"]


@pytest.mark.parametrize(
    ("scale", "least", "most"),
    [
        (Scale(), -0.2, 1.0),
        (Scale(Metric.COSINE, Normalization.S_NORM), -3, 15),
        (Scale(Metric.EUCLIDEAN), 0.05, 1.25),
    ],
)
def test_buckets_spread_the_values_of_their_scale(scale: Scale, least: float, most: float) -> None:
    buckets = similarity_buckets(replace(POINT, scale=scale))
    assert (buckets[0], buckets[-1]) == (least, most)
    assert list(buckets) == sorted(set(buckets))


def test_another_scale_begins_another_histogram() -> None:
    metrics = seen()
    normalized = Scale(Metric.COSINE, Normalization.S_NORM)
    metrics.loaded(KNOWN, replace(POINT, scale=normalized, threshold=4.0))
    metrics.outcome(grant(999.5))  # still on the old scale
    samples = parse(metrics.text().decode())
    assert not [name for name, _ in samples if name == "similarity_sum"]
    assert samples["threshold", (("scale", "cosine, s_norm"),)] == 4.0


def broken() -> CameraState:
    raise RuntimeError("a fault")


def test_what_a_door_has_not_is_left_out_and_a_fault_hides_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics()
    nothing = tmp_path / "nothing"
    probes = Probes(
        newest_frame=lambda: None,
        camera=broken,
        picture=tuple,
        door=Situation,
        broker=None,
        outbox=None,
        audit=None,
        gallery=nothing,
        sync=nothing,
        board=Board(nothing, nothing, nothing),
    )
    metrics.registry.register(MetricsState(probes, HandClock()))
    metrics.text()
    told = names(parse(metrics.text().decode()))
    assert "faceidd_door_state" in told
    for absent in (
        "camera_online",
        "broker_online",
        "snapshots_missed",
        "audit_record",
        "sync_good",
        "board_",
        "memory_",
    ):
        assert not any(name.startswith(f"faceidd_{absent}") for name in told)
    assert caplog.text.count("metrics of the camera are left out") == 1
