"""Renewal: what is read beside the door's work, when, and what is told of it."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.hand_clock import HandClock

from faceidd.daemon.renewal import AGAIN_PAUSE, LOOK_PAUSE, MOST_ASKING, Renewal
from faceidd.durable import file_state, replace_file
from faceidd.errors import FaceiddError, GalleryError
from faceidd.units import Seconds

SETTLES = Seconds(4 * LOOK_PAUSE)


class Reading:
    """A renewal whose readings end when they are told to."""

    def __init__(self, file: Path, *, settles: Seconds | None = None) -> None:
        self.file, self.clock = file, HandClock()
        self.asked: list[bool] = []
        self.taken: list[str] = []
        self.answers: list[Exception | None] = []
        self.fault: Exception | None = None
        self._begun, self._go_on = threading.Semaphore(0), threading.Semaphore(0)
        self.refusals: list[Exception] = []
        self.renewal = Renewal(
            lambda: file_state(file),
            self._prepare,
            self.taken.append,
            refused=self.refusals.append,
            seen=file_state(file),
            settles=settles,
            clock=self.clock,
        )

    def _prepare(self, asked: bool) -> str:
        content = self.file.read_text()
        self.asked.append(asked)
        self._begun.release()
        assert self._go_on.acquire(timeout=20)
        if self.fault is not None:
            raise self.fault
        return content

    def look(self) -> None:
        """Let the pause go by and poll."""
        self.clock.sleep(LOOK_PAUSE)
        self.renewal.poll()

    def ask(self) -> None:
        self.renewal.ask(self.answers.append)

    def begun(self) -> None:
        """Wait until something is being read."""
        assert self._begun.acquire(timeout=20)

    def end(self) -> None:
        """Let one reading end, and poll."""
        self._go_on.release()
        self.renewal.close()
        self.renewal.poll()


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Reading]:
    file = tmp_path / "gallery"
    file.write_text("old")
    reading = Reading(file)
    yield reading
    for _ in range(3):
        reading.end()


def test_a_file_that_stays_is_not_read(reading: Reading) -> None:
    for _ in range(5):
        reading.look()
    assert reading.asked == []


def test_a_file_in_its_place_is_taken_in_beside_the_work(reading: Reading) -> None:
    replace_file(reading.file, b"new")
    reading.renewal.poll()
    assert reading.asked == [], "it is looked at twice a second"
    reading.look()
    reading.begun()
    for _ in range(5):
        reading.look()  # which returns, however long the reading lasts
    assert (reading.asked, reading.taken) == ([False], [])
    reading.end()
    assert reading.taken == ["new"]
    reading.look()
    assert reading.asked == [False]


def test_a_file_that_is_being_written_is_read_when_it_has_kept_still(tmp_path: Path) -> None:
    file = tmp_path / "configuration"
    file.write_text("old")
    reading = Reading(file, settles=SETTLES)
    for part in ("n", "ne", "new"):
        file.write_text(part)
        for _ in range(4):
            reading.look()
            assert not reading.renewal.busy
    reading.look()
    reading.begun()
    reading.end()
    assert reading.taken == ["new"]
    file.write_text("newer")
    reading.ask()  # whoever asks says that it is whole
    reading.renewal.poll()
    reading.begun()
    reading.end()
    assert reading.taken == ["new", "newer"]


@pytest.mark.parametrize("asked", [False, True])
def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, asked: bool) -> None:
    file = tmp_path / "configuration"
    file.write_text("old")
    reading = Reading(file, settles=SETTLES)
    if asked:
        reading.ask()
    file.write_text("half")
    for _ in range(5):
        reading.look()
    reading.begun()
    file.write_text("the whole")
    reading.end()
    assert (reading.taken, len(reading.refusals)) == ([], 1)
    for _ in range(5):
        reading.look()
    reading.begun()
    reading.end()
    assert reading.taken == ["the whole"]


def test_what_comes_while_another_is_read_is_read_after_it(reading: Reading) -> None:
    replace_file(reading.file, b"new")
    reading.look()
    reading.begun()
    replace_file(reading.file, b"newer")
    reading.end()
    reading.look()
    reading.begun()
    reading.end()
    assert reading.taken == ["new", "newer"]


@pytest.mark.parametrize("fault", [GalleryError("it is torn", do="copy it again"), KeyError("x")])
def test_what_cannot_be_taken_in_is_told_once_and_changes_nothing(
    reading: Reading, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    reading.fault = fault
    replace_file(reading.file, b"new")
    reading.look()
    reading.begun()
    with caplog.at_level(logging.ERROR):
        reading.end()
        for _ in range(5):
            reading.look()
    assert (reading.asked, reading.taken) == ([False], [])
    assert [one.getMessage()[:30] for one in caplog.records] == ["nothing was taken in anew, all"]
    assert reading.refusals == [fault]
    reading.fault = None
    replace_file(reading.file, b"mended")
    reading.look()
    reading.begun()
    reading.end()
    assert reading.taken == ["mended"]


def test_what_was_refused_is_tried_again_now_and_then_and_told_once(
    reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    reading.fault = GalleryError("its key is gone", do="make it")
    replace_file(reading.file, b"new")
    with caplog.at_level(logging.ERROR):
        reading.look()
        for _ in range(3):
            reading.begun()
            reading.end()
            reading.look()
            assert reading.taken == []
            reading.clock.sleep(AGAIN_PAUSE)
            reading.look()
    assert len(caplog.records) == len(reading.refusals) == 1
    reading.fault = None
    reading.begun()
    reading.end()
    assert reading.taken == ["new"]
    reading.clock.sleep(AGAIN_PAUSE)
    reading.look()
    assert len(reading.asked) == 4


def test_who_asks_is_answered_when_it_is_done(reading: Reading) -> None:
    reading.ask()
    reading.ask()
    reading.renewal.poll()
    reading.begun()
    assert reading.answers == []
    reading.ask()  # too late for what is being read
    reading.end()
    assert reading.answers == [None, None]
    reading.begun()
    assert reading.asked == [True, True]
    reading.fault = GalleryError("it is torn", do="copy it again")
    reading.end()
    assert reading.answers == [None, None, reading.fault]
    assert reading.taken == ["old"]


def test_only_so_many_may_wait(reading: Reading) -> None:
    for _ in range(MOST_ASKING):
        reading.ask()
    assert reading.answers == []
    reading.ask()
    (fault,) = reading.answers
    assert isinstance(fault, FaceiddError)


def test_a_file_that_is_gone_is_another_state(tmp_path: Path) -> None:
    file = tmp_path / "gallery"
    assert file_state(file) is None
    file.write_text("one")
    before = file_state(file)
    replace_file(file, b"two")
    assert before != file_state(file) is not None
