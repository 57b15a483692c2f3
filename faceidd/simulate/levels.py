"""ServiceLevels: what a scenario came to, in numbers, and which expectations they break."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from faceidd.simulate.scenario import ExpectScript
from faceidd.simulate.slope import Slope


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """What a door lived up to; times are in seconds of the scenario.

    Attributes:
        scenario_s: How long the scenario was.
        real_s: How long it took.
        looks: Frames that were looked at.
        failed_looks: How many of them failed.
        visits: How many people came.
        to_open: For how many of them the door was to open.
        unlocks: How often it opened.
        false_unlocks: How often for somebody else than the script says.
        missed_visits: How often not, though it was to.
        unlock_p50_s: From when somebody is near until the relay is on, the median.
        unlock_p95_s: Likewise, of 95 visits of 100.
        denials: Visitors whom it took for nobody, or whom the policy did not let pass.
        events: What a subscriber heard, by kind.
        events_per_visit: News of visits among that, for each visit.
        camera_losses: How often the camera was lost.
        camera_back_s: From the end of each of its faults until the door saw again.
        broker_back_s: From when the broker was there again until the door was online, each time.
        disk_back_s: From when the disk had room again until events were kept on it, each time.
        rss_mb: The daemon's memory at the end, its capture process not included.
        rss_mb_per_h: How it grows in an hour of the scenario.
    """

    scenario_s: float
    real_s: float
    looks: int
    failed_looks: int
    visits: int
    to_open: int
    unlocks: int
    false_unlocks: int
    missed_visits: int
    unlock_p50_s: float | None
    unlock_p95_s: float | None
    denials: int
    events: Mapping[str, int]
    events_per_visit: float | None
    camera_losses: int
    camera_back_s: Sequence[float | None]
    broker_back_s: Sequence[float | None]
    disk_back_s: Sequence[float | None]
    rss_mb: float
    rss_mb_per_h: Slope | None

    def broken(self, expect: ExpectScript) -> tuple[str, ...]:
        """Which expectations do not hold, in words; none if all do."""
        told = [
            _above("false_unlocks", self.false_unlocks, expect.false_unlocks),
            _above("missed_visits", self.missed_visits, expect.missed_visits),
            _below("unlocks", self.unlocks, expect.unlocks),
            _above("unlock_p50_s", self.unlock_p50_s, expect.unlock_p50_s),
            _above("unlock_p95_s", self.unlock_p95_s, expect.unlock_p95_s),
            _above("events_per_visit", self.events_per_visit, expect.events_per_visit),
            _below("denials", self.denials, expect.denials),
            _all_within("camera_back_s", self.camera_back_s, expect.camera_back_s),
            _all_within("broker_back_s", self.broker_back_s, expect.broker_back_s),
            _all_within("disk_back_s", self.disk_back_s, expect.disk_back_s),
            _above(
                "rss_mb_per_h",
                None if self.rss_mb_per_h is None else self.rss_mb_per_h.low,
                expect.rss_mb_per_h,
            ),
        ]
        return tuple(one for one in told if one is not None)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return asdict(self)

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        slope = said["rss_mb_per_h"]
        return cls(**{**said, "rss_mb_per_h": None if slope is None else Slope(**slope)})


def quantile(values: Sequence[float], part: float) -> float | None:
    """The value that so great a part of all does not exceed; None of nothing."""
    ranked = sorted(values)
    if not ranked:
        return None
    return ranked[max(0, min(len(ranked) - 1, int(part * len(ranked) + 0.999999) - 1))]


def _above(name: str, value: float | None, most: float | None) -> str | None:
    if most is None or (value is not None and value <= most):
        return None
    return f"{name} is {_number(value)}, and {most:g} is allowed"


def _below(name: str, value: float, least: float | None) -> str | None:
    if least is None or value >= least:
        return None
    return f"{name} is {_number(value)}, and {least:g} are expected"


def _all_within(name: str, values: Sequence[float | None], most: float | None) -> str | None:
    if most is None:
        return None
    if not values:
        return f"{name} was never measured: nothing of that kind fails in the scenario"
    worst = None if None in values else max(value for value in values if value is not None)
    return _above(name, worst, most)


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
