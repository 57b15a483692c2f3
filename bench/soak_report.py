"""What became of a soak: `python -m bench.soak_report FOLDER [--skip MINUTES]`.

For each quantity: its first and last value (medians of the first and last tenth), its slope by
least squares with a 95 % interval after Newey and West, and Theil and Sen's slope, which steps and
outliers do not move. A star marks an interval that lies above 0. A quantity is said to grow where
that is so, Theil and Sen agree, and the growth over the whole run is more than `NEGLIGIBLE` of it.
Returns 1 if anything grows or the door was ever wrong.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import theilslopes

from faceidd.simulate.slope import fit

NEGLIGIBLE = 0.01
"""Of a quantity, over the whole run: what fills bounded histories for the first time."""
SAMPLED = (
    "rss", "pss", "private", "descriptors", "threads", "children", "metrics_bytes",
    "capture_rss", "capture_pss", "capture_private", "capture_descriptors", "capture_threads",
)  # fmt: skip
STATISTICS = ("p50", "p95", "max")

Series = tuple[Sequence[float], Sequence[float]]


def main() -> int:
    """Print the table; return 1 if something grows or the door was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--skip", type=float, default=10.0, help="minutes of warm-up left out")
    arguments = parser.parse_args()
    samples = list(csv.DictReader((arguments.folder / "samples.csv").open()))
    lines = [json.loads(one) for one in (arguments.folder / "door.jsonl").open()]
    begun = float(samples[0]["real"])
    since = begun + 60 * arguments.skip
    _print_totals(lines[-1], float(samples[-1]["real"]) - begun, samples)
    grows = [
        name
        for name, (hours, values) in _series(samples, lines, since)
        if _print_row(name, hours, values)
    ]
    print(f"grows: {', '.join(grows) or 'nothing'}")
    return 1 if grows or lines[-1]["false"] else 0


def _print_totals(
    last: Mapping[str, float], real_s: float, samples: Sequence[Mapping[str, str]]
) -> None:
    hours = real_s / 3600
    print(f"{hours:.2f} h of real time, {last['scenario_s'] / 3600:.1f} h of the scenario")
    names = ["looks", "faults", "visits", "recognized", "strangers", "unlocks", "false", "missed"]
    print(", ".join(f"{name} {last[name]}" for name in names))
    for prefix, who in (("", "the daemon"), ("capture_", "its capture process")):
        spent = float(samples[-1][f"{prefix}cpu_s"]) - float(samples[0][f"{prefix}cpu_s"])
        print(f"{who} used {100 * spent / real_s:.0f} % of a core")
    pids = {one["capture_pid"] for one in samples}
    print(f"{len(pids)} capture processes in all\n")
    print(f"{'':<20}{'first':>10}{'last':>10}{'an hour':>12}{'95 %':>26}{'Theil-Sen':>12}")


def _series(
    samples: Sequence[Mapping[str, str]], lines: Sequence[Mapping[str, object]], since: float
) -> Iterator[tuple[str, Series]]:
    kept = [one for one in samples if float(one["real"]) >= since]
    hours = [(float(one["real"]) - since) / 3600 for one in kept]
    for name in SAMPLED:
        yield name, (hours, [float(one[name] or "nan") for one in kept])
    for kind in ("wall_ms", "cpu_ms"):
        told = [
            ((float(str(one["real"])) - since) / 3600, one[kind])
            for one in lines
            if one[kind] is not None and float(str(one["real"])) >= since
        ]
        for place, statistic in enumerate(STATISTICS):
            values = [one[place] for _, one in told if isinstance(one, list)]
            yield f"look {kind} {statistic}", ([at for at, _ in told], values)


def _print_row(name: str, hours: Sequence[float], values: Sequence[float]) -> bool:
    """Print how a quantity changes; says whether it grows."""
    slope = fit(hours, values)
    if slope is None:
        print(f"{name:<20}{'too few samples':>20}")
        return False
    tenth = max(1, len(values) // 10)
    first, last = float(np.median(values[:tenth])), float(np.median(values[-tenth:]))
    robust = float(theilslopes(values, hours)[0])
    interval = f"{slope.low:+.3f} to {slope.high:+.3f}"
    print(
        f"{name:<20}{first:>10.1f}{last:>10.1f}{slope.value:>+12.3f}{interval:>26}{robust:>+12.3f}"
    )
    growth = slope.value * (hours[-1] - hours[0])
    return slope.low > 0 and robust > 0 and growth > NEGLIGIBLE * abs(first)


if __name__ == "__main__":
    sys.exit(main())
