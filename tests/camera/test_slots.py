"""Frames pass from a writer to a reader whole, in order, and never wait for each other."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.odd_camera import picture

from faceidd.camera.frame import Frame
from faceidd.camera.slots import MOST_BYTES, SlotReader, SlotWriter
from faceidd.clock import monotonic
from faceidd.errors import CameraError
from faceidd.units import Instant


class Passage:
    """Both sides, in one process."""

    def __init__(self, *, wait: bool = False) -> None:
        self.reader = SlotReader()
        self.writer = SlotWriter(self.reader.ends, wait=wait)

    def write(self, number: int, size: tuple[int, int] = (8, 8)) -> None:
        self.writer.write(Frame(picture(number, size), Instant(float(number)), number))

    def close(self) -> None:
        self.reader.close_ends()
        self.reader.close()


@pytest.fixture
def passage() -> Iterator[Passage]:
    made = Passage()
    yield made
    made.close()


def test_a_frame_arrives_as_it_was(passage: Passage) -> None:
    image = np.random.default_rng(1).integers(0, 256, (37, 53, 3), np.uint8)
    passage.writer.write(Frame(image.copy(), Instant(12.5), 7))
    frame = passage.reader.fetch()
    assert frame is not None
    assert np.array_equal(frame.image, image)
    assert (frame.captured_at, frame.sequence) == (12.5, 7)
    assert not frame.image.flags.writeable
    assert passage.reader.fetch() is None


def test_the_newest_frame_wins(passage: Passage) -> None:
    for number in range(10):
        passage.write(number)
    frame = passage.reader.fetch()
    assert frame is not None
    assert frame.sequence == 9
    assert passage.reader.fetch() is None


@given(st.lists(st.booleans(), max_size=60))
def test_whoever_comes_when_frames_rise_and_none_is_given_twice(writes: list[bool]) -> None:
    passage = Passage()
    given_before = written = -1
    for write in writes:
        if write:
            written += 1
            passage.write(written, (8 + written % 5, 8))
            continue
        frame = passage.reader.fetch()
        if frame is None:
            assert given_before == written
            continue
        assert frame.sequence == written > given_before
        assert (frame.image == written).all()
        given_before = frame.sequence
    passage.close()


def test_a_writer_that_waits_loses_no_frame() -> None:
    passage = Passage(wait=True)

    def write() -> None:
        for number in range(20):
            passage.write(number)

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[int] = []
    while len(seen) < 20:
        frame = passage.reader.fetch()
        if frame is not None:
            seen.append(frame.sequence)
    writer.join()
    passage.close()
    assert seen == list(range(20))


def test_a_frame_that_was_fetched_stays_as_it_was(passage: Passage) -> None:
    passage.write(1)
    frame = passage.reader.fetch()
    for number in range(2, 12):
        passage.write(number)
    assert frame is not None
    assert (frame.image == 1).all()


def test_a_picture_that_is_too_large_is_refused_and_the_next_one_passes(passage: Passage) -> None:
    with pytest.raises(CameraError, match="too large"):
        passage.write(0, (4097, 4096))
    passage.write(1)
    assert passage.reader.fetch() is not None


def test_a_writer_cannot_make_a_reader_look_elsewhere(passage: Passage) -> None:
    passage.write(1)
    token = bytearray(os.read(passage.reader.waiting, 64))
    token[4:8] = (MOST_BYTES // 2).to_bytes(4, "little")  # the height
    os.write(passage.reader.ends.ready, token)
    with pytest.raises(CameraError, match="announced"):
        passage.reader.fetch()


@pytest.mark.parametrize("ahead_s", [float("nan"), float("inf"), float("-inf"), 10.0])
def test_a_writer_cannot_tell_of_the_future(passage: Passage, ahead_s: float) -> None:
    at = Instant(monotonic() + ahead_s)
    passage.writer.write(Frame(picture(1), at, 1))
    with pytest.raises(CameraError, match="still to come"):
        passage.reader.fetch()


def test_half_a_token_is_told(passage: Passage) -> None:
    passage.write(1)
    token = os.read(passage.reader.waiting, 64)
    os.write(passage.reader.ends.ready, token[:-5])
    with pytest.raises(CameraError, match="tokens that are none"):
        passage.reader.fetch()


def test_a_writer_that_floods_neither_holds_nor_ends_its_reader(passage: Passage) -> None:
    passage.write(1)
    token = os.read(passage.reader.waiting, 64)

    def flood() -> None:
        with suppress(BlockingIOError):
            while True:
                os.write(passage.reader.ends.ready, token)

    def read_on() -> None:
        for _ in range(10_000):  # until nothing more can be given back
            flood()
            assert passage.reader.fetch() is not None

    with pytest.raises(CameraError, match="tokens that are none"):
        read_on()


def test_a_writer_cannot_pull_the_memory_away(passage: Passage) -> None:
    with pytest.raises(PermissionError):
        os.ftruncate(passage.reader.ends.memory, 0)


def test_a_writer_whose_reader_is_gone_learns_of_it() -> None:
    reader = SlotReader()
    ends = reader.ends._replace(unfetched=os.dup(reader.ends.unfetched))
    writer = SlotWriter(ends, wait=True)
    writer.write(Frame(picture(1), Instant(1.0), 1))
    reader.close()
    with pytest.raises(EOFError):
        writer.claim()
    os.close(ends.unfetched)
    reader.close_ends()
