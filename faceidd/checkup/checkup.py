"""Checkup: all checks of one door, each bounded in time, none able to stop another.

What waits for others (a broker, systemd, a disk) is asked for side by side. What measures the
machine (camera, model) comes after that, one by one, so that nothing disturbs what is measured.
"""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from faceidd.checkup.board import check_board
from faceidd.checkup.broker import check_broker
from faceidd.checkup.camera import check_camera
from faceidd.checkup.certificates import check_certificates
from faceidd.checkup.check import Check
from faceidd.checkup.clock import check_clock
from faceidd.checkup.configuration import check_configuration, check_policy
from faceidd.checkup.daemon import check_daemon
from faceidd.checkup.disk import check_disk
from faceidd.checkup.gallery import check_gallery
from faceidd.checkup.installation import Installation
from faceidd.checkup.model import check_model
from faceidd.checkup.permissions import check_permissions
from faceidd.checkup.pins import check_pins
from faceidd.checkup.syncing import check_sync
from faceidd.clock import monotonic
from faceidd.errors import FaceiddError
from faceidd.units import Instant, Seconds

WAITING = Seconds(25.0)
"""Bound on what is asked for side by side: a broker may need five seconds for each of its steps."""
MEASURING = Seconds(60.0)
"""Bound on each measurement: a capture process may take 30 s to start, a card long to be read."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is looked at.

    Attributes:
        name: As `--only` takes it; its checks' names begin with it.
        look: Looks at it.
        measures: Whether it must be alone, because it measures the machine.
        by_config: Whether it hangs on the configuration, and means nothing without a right one.
    """

    name: str
    look: Callable[[Installation], Iterable[Check]]
    measures: bool = False
    by_config: bool = True


PARTS = (
    Part("configuration", check_configuration, by_config=False),
    Part("policy", check_policy),
    Part("camera", check_camera, measures=True),
    Part("model", check_model, measures=True),
    Part("gallery", check_gallery),
    Part("pins", check_pins),
    Part("broker", check_broker),
    Part("certificates", check_certificates),
    Part("sync", check_sync),
    Part("clock", check_clock, by_config=False),
    Part("disk", check_disk),
    Part("board", check_board, by_config=False),
    Part("permissions", check_permissions),
    Part("daemon", check_daemon, by_config=False),
)
"""All parts, in the order they are told."""
NAMES = tuple(part.name for part in PARTS)


def check_up(
    one: Installation,
    only: Collection[str] = (),
    parts: Sequence[Part] = PARTS,
    *,
    patience: float = 1.0,
) -> list[Check]:
    """Look at all parts of an installation.

    Args:
        one: The installation.
        only: Names of the parts to look at; none means all.
        parts: All parts, in the order they are told.
        patience: How many times as long as `WAITING` and `MEASURING` to wait, for a slow machine.
    """
    chosen = [part for part in parts if not only or part.name in only]
    jobs = {part.name: _Job(part, one) for part in chosen}
    waiting = [jobs[part.name] for part in chosen if not part.measures]
    for job in waiting:
        job.start()
    ends = Instant(monotonic() + patience * WAITING)
    for job in waiting:
        job.wait(ends)
    for job in (jobs[part.name] for part in chosen if part.measures):
        job.start()
        job.wait(Instant(monotonic() + patience * MEASURING))
    return [check for part in chosen for check in jobs[part.name].checks()]


class _Job:
    """One part, looked at by a thread of its own that nobody waits for longer than agreed."""

    def __init__(self, part: Part, one: Installation) -> None:
        self._part = part
        self._found: list[Check] = []
        # One that hangs, in a driver or on a dead disk, does not keep the process from ending.
        self._thread = threading.Thread(
            target=partial(self._look, one), name=part.name, daemon=True
        )
        self._late = False

    def start(self) -> None:
        self._thread.start()

    def wait(self, until: Instant) -> None:
        self._thread.join(max(0.0, until - monotonic()))
        self._late = self._thread.is_alive()

    def checks(self) -> Iterator[Check]:
        yield from tuple(self._found)
        if self._late:
            yield Check.fail(
                self._part.name,
                "it was not found out in time: what was asked does not answer",
                "see the kernel's log (dmesg): a disk, a driver or a server may hang; where all is"
                " only slow, give it more --patience",
            )

    def _look(self, one: Installation) -> None:
        part = self._part
        if part.by_config and one.fault is not None and one.is_there:
            told = "the configuration is not right: see configuration"
            self._found.append(Check.skipped(part.name, told))
            return
        try:
            for check in part.look(one):
                self._found.append(check)
        except FaceiddError as error:
            self._found.append(Check.fault(part.name, error))
        except Exception as error:  # a fault of ours hides no other part
            _log.exception("the check of %s failed", part.name)
            told = f"the check itself failed: {type(error).__name__}: {error}"
            self._found.append(Check.fail(part.name, told, "report this as a bug"))
