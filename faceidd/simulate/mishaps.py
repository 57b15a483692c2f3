"""Mishaps: what a script says of broker, network, disk, gallery and clock -> acts that do it."""

import resource
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Self

from faceidd.events.embedded import EmbeddedBroker
from faceidd.gallery.file import save_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.revision import without_people
from faceidd.simulate.course import CourseWriter, SharedCourse
from faceidd.simulate.director import Act
from faceidd.simulate.scenario import Scenario
from faceidd.simulate.wire import Wire

SLOW_S = 2.0
"""How much later everything arrives on a slow network, in seconds of the scenario."""


class Mishaps:
    """The world around a door, and how it fails. Close it at the end: the disk has room again.

    Args:
        scenario: What fails when.
        gallery: Everybody who ever is enrolled.
        file: The door's gallery.
        course: Reads how time passes.
        writer: Says how it passes.

    Attributes:
        wire: The door's way to the broker.
        broker_port: The broker's own, for who listens.
        broker_up: When the broker was there again, each time.

    Raises:
        BrokerError: There is no broker in the package, or it did not start.
    """

    def __init__(
        self,
        scenario: Scenario,
        gallery: Gallery,
        file: Path,
        *,
        course: SharedCourse,
        writer: CourseWriter,
    ) -> None:
        self._scenario = scenario
        self._gallery = gallery
        self._file = file
        self._course = course
        self._writer = writer
        self._out = {name for name, person in scenario.people.items() if not person.enrolled}
        self._files = resource.getrlimit(resource.RLIMIT_FSIZE)
        self._broker = EmbeddedBroker()
        self.broker_port = self._broker.port
        self.broker_up: list[float] = []
        self.wire = Wire(self.broker_port)
        self._write_gallery()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the broker, and give the disk its room back. May be called again."""
        self._fill_disk(full=False)
        self.wire.close()
        self._broker.close()

    def acts(self) -> Iterator[Act]:
        """All that happens, in no order."""
        for one in self._scenario.faults:
            ends = one.at + (one.lasts or 0.0)
            match one.what:
                case "broker dies":
                    yield Act(one.at, "the broker dies", self._broker_dies)
                    yield Act(ends, "the broker is back", self._broker_is_back)
                case "network slow":
                    yield Act(one.at, "the network is slow", partial(self._slow, SLOW_S))
                    yield Act(ends, "the network is well again", partial(self._slow, 0.0))
                case "disk full":
                    yield Act(one.at, "the disk is full", partial(self._fill_disk, full=True))
                    yield Act(ends, "the disk has room", partial(self._fill_disk, full=False))
                case "gallery without":
                    yield Act(one.at, f"{one.who} is removed", partial(self._remove, one.who or ""))
                case "gallery with":
                    yield Act(one.at, f"{one.who} is added", partial(self._add, one.who or ""))
                case "clock jumps":
                    yield Act(one.at, "the clock jumps", partial(self._writer.jump, one.by_s or 0))
                case _:  # the camera sees to its own
                    yield Act(one.at, f"the {one.what}", lambda: None)

    def _broker_dies(self) -> None:
        self._broker.close()

    def _broker_is_back(self) -> None:
        self._broker = EmbeddedBroker(self.broker_port)
        self.broker_up.append(self._course.scenario_s)

    def _slow(self, seconds: float) -> None:
        self.wire.delay_s = seconds

    def _fill_disk(self, *, full: bool) -> None:
        # No file of this process may grow, nor be written: the kernel refuses it as EFBIG. Python
        # ignores the signal that comes with it. A file system of its own would need root.
        soft, hard = self._files
        resource.setrlimit(resource.RLIMIT_FSIZE, (0 if full else soft, hard))

    def _remove(self, who: str) -> None:
        self._out.add(who)
        self._write_gallery()

    def _add(self, who: str) -> None:
        self._out.discard(who)
        self._write_gallery()

    def _write_gallery(self) -> None:
        out = self._out & set(self._gallery.ids)
        save_gallery(without_people(self._gallery, out), self._file)
