"""A door whose clock cannot be right lets nobody in whom the gallery gives a last day."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.small_door import Settings

from faceidd.access.decision import Reason, Verdict
from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.watch import Look
from faceidd.gallery.file import load_gallery, save_gallery
from faceidd.gallery.revision import with_person


@pytest.mark.parametrize(
    ("synchronized", "last"),
    [
        (True, (Verdict.GRANT, Reason.RECOGNIZED)),
        (False, (Verdict.DENY, Reason.EXPIRED)),
    ],
)
def test_a_last_day_to_come_counts_only_by_a_clock_that_can_be_right(
    settings: Settings, tmp_path: Path, synchronized: bool, last: tuple[Verdict, Reason]
) -> None:
    known = load_gallery(Path(str(settings["gallery"]["file"])))
    guest = replace(known.people[0], expires_at=datetime(2200, 1, 1, tzinfo=UTC))
    save_gallery(with_person(known, guest), tmp_path / "gallery")
    settings["gallery"]["file"] = str(tmp_path / "gallery")
    settings["policy"]["clock_file"] = str(tmp_path / "synchronized")
    if synchronized:
        (tmp_path / "synchronized").touch()
    looks: list[Look] = []
    with Daemon(Config.model_validate(settings)) as daemon:
        daemon.run(threading.Event(), looks.append)
    (outcome,) = looks[-1].outcomes
    assert (outcome.decision.verdict, outcome.decision.reason) == last
