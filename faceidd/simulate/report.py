"""Report: a scenario's service levels in words."""

from collections.abc import Iterator, Sequence

from faceidd.simulate.levels import ServiceLevels
from faceidd.simulate.scenario import Scenario


def told(scenario: Scenario, levels: ServiceLevels, broken: Sequence[str]) -> str:
    """Tell what a scenario came to, and which expectations do not hold."""
    lines = [scenario.title, *(f"  {name:<20}{said}" for name, said in _lines(levels))]
    lines += [f"  NOT AS EXPECTED: {one}" for one in broken]
    if not broken:
        lines.append("  as expected")
    return "\n".join(lines)


def _lines(levels: ServiceLevels) -> Iterator[tuple[str, str]]:
    speed = levels.scenario_s / levels.real_s if levels.real_s else 0.0
    yield "time", f"{levels.scenario_s:.0f} s in {levels.real_s:.1f} s, {speed:.1f} times real time"
    yield "visits", f"{levels.visits}, the door to open for {levels.to_open} of them"
    yield (
        "unlocks",
        f"{levels.unlocks}, {levels.false_unlocks} false; {levels.missed_visits} visits missed",
    )
    yield (
        "approach to unlock",
        f"{_seconds(levels.unlock_p50_s)} p50, {_seconds(levels.unlock_p95_s)} p95",
    )
    yield "denials", str(levels.denials)
    kinds = ", ".join(f"{count} {kind}" for kind, count in levels.events.items())
    per = "" if levels.events_per_visit is None else f"{levels.events_per_visit:.1f} a visit: "
    yield "events", per + (kinds or "none")
    failed = f", {levels.failed_looks} of them failed" if levels.failed_looks else ""
    yield "looks", f"{levels.looks}{failed}"
    for name, backs in (
        ("camera back after", levels.camera_back_s),
        ("broker back after", levels.broker_back_s),
        ("disk back after", levels.disk_back_s),
    ):
        if backs:
            yield name, ", ".join(_seconds(back) for back in backs)
    yield "memory", f"{levels.rss_mb:.0f} MB{_growth(levels)}"


def _growth(levels: ServiceLevels) -> str:
    slope = levels.rss_mb_per_h
    if slope is None:
        return ""
    return f", {slope.value:+.1f} MB an hour (95 %: {slope.low:+.1f} to {slope.high:+.1f})"


def _seconds(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f} s"
