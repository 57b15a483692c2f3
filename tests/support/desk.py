"""The outbox of one door, opened and closed, with hands on its clocks; and one who reads it."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from support.hand_clock import HandClock
from support.news import opened
from support.posting import everything, stamp

from faceidd.events.entry import Outgoing
from faceidd.events.event import Event
from faceidd.events.limits import DEFAULT, Limits
from faceidd.events.outbox import Outbox, Wants
from faceidd.events.outbox_file import OVERHEAD
from faceidd.events.outbox_reader import Reader
from faceidd.units import Seconds

SOON_S = 20.0
SMALL = Limits(most_bytes=7 * (len(opened("v1").model_dump_json()) + OVERHEAD) // 2)
"""Room for three events."""


class Wall:
    """A wall clock that is set by hand, in seconds since 1970 UTC."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """Opens and closes the outbox of one door."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = HandClock()
        self.wall = Wall()
        self.boot = "first"
        self._open = ExitStack()

    def open(
        self,
        limits: Limits = DEFAULT,
        *,
        on_disk: bool = True,
        webhook: Wants | None = None,
    ) -> Outbox:
        wants: dict[str, Wants] = {"mqtt": everything}
        if webhook is not None:
            wants["webhook"] = webhook
        outbox = Outbox(
            self.path if on_disk else None,
            wants,
            stamp=stamp,
            limits=limits,
            clock=self.clock,
            wall=self.wall,
            boot=self.boot,
            retry=Seconds(0.02),
        )
        self._open.callback(outbox.close)
        return outbox

    def close(self) -> None:
        self._open.close()


def tell(outbox: Outbox, *events: Event) -> None:
    """Publish events and wait until they can be read."""
    for event in events:
        outbox.publish(event)
    outbox.settle(SOON_S)


def visits(events: list[Outgoing]) -> list[str]:
    return [str(event.fields.get("visit", event.type)) for event in events]


def take(reader: Reader, most: int = 1000) -> list[Outgoing]:
    taken: list[Outgoing] = []
    while len(taken) < most and (event := reader.take()) is not None:
        taken.append(event)
    return taken


def hear(reader: Reader, most: int = 1000) -> list[str]:
    """Take events and say that they were heard."""
    taken = take(reader, most)
    for event in taken:
        reader.told(event.id)
    return visits(taken)


def take_next(reader: Reader) -> Outgoing:
    """Wait for an event that is yet to be told."""
    while not (taken := take(reader)):
        time.sleep(0.005)
    (event,) = taken
    return event


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not until():
        assert time.monotonic() < deadline, "it did not come to it"
        time.sleep(0.005)
