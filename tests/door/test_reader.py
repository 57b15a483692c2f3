"""What is typed on a keypad, or by a card reader, becomes entries."""

import os
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Queue

import pytest

from faceidd.door.reader import MOST_KEYS, KeyLine, Reader
from faceidd.units import Seconds

EVENT = struct.Struct("@llHHi")  # struct input_event of linux/input.h
ENTER, KEYPAD_ENTER, BACKSPACE, ESCAPE, SHIFT = 28, 96, 14, 1, 42
DIGITS = {**{str(digit): digit + 1 for digit in range(1, 10)}, "0": 11}


def press(*codes: int) -> bytes:
    """Keys that go down and up again, as the kernel tells them."""
    return b"".join(
        EVENT.pack(0, 0, kind, code if kind == 1 else 0, value)
        for code in codes
        for kind, value in ((4, 7), (1, 1), (0, 0), (1, 0), (0, 0))
    )


def typed(text: str) -> bytes:
    return press(*(DIGITS[letter] for letter in text))


@pytest.mark.parametrize(
    ("keys", "entries"),
    [
        (typed("2468") + press(ENTER), ["2468"]),
        (typed("13579") + press(KEYPAD_ENTER) + typed("0") + press(ENTER), ["13579", "0"]),
        (press(79, 80, 81, 75, 76, 77, 71, 72, 73, 82, ENTER), ["1234567890"]),
        (press(30, 48, 46, 32, 18, 33, ENTER), ["abcdef"]),
        (typed("24") + press(BACKSPACE) + typed("5") + press(ENTER), ["25"]),
        (typed("24") + press(ESCAPE) + typed("5") + press(ENTER), ["5"]),
        (press(ENTER, ENTER, BACKSPACE), []),
        (typed("12") + press(SHIFT) + typed("34") + press(ENTER), ["1234"]),
        (typed("1" * MOST_KEYS) + press(ENTER), ["1" * MOST_KEYS]),
        (typed("1" * (MOST_KEYS + 1)) + press(ENTER) + typed("2") + press(ENTER), ["2"]),
        (EVENT.pack(0, 0, 1, 2, 2) * 5 + press(ENTER), []),  # a key that is held down repeats
    ],
)
def test_keys_up_to_enter_are_an_entry(keys: bytes, entries: list[str]) -> None:
    assert list(KeyLine().take(keys)) == entries


def test_an_entry_may_come_in_pieces() -> None:
    line = KeyLine()
    assert list(line.take(typed("24"))) == []
    assert list(line.take(typed("68") + press(ENTER))) == ["2468"]
    list(line.take(typed("24")))
    line.forget()
    assert list(line.take(typed("68") + press(ENTER))) == ["68"]


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A pipe in the place of a device."""
    pipe = tmp_path / "keypad"
    os.mkfifo(pipe)
    return pipe


@pytest.fixture
def entries(device: Path) -> Iterator[Queue[str]]:
    """What a reader of the device tells."""
    told: Queue[str] = Queue()
    with ExitStack() as stack:
        reader = Reader(device, told.put, retry_min=Seconds(0.01))
        stack.callback(reader.close)
        yield told
        reader.close()


def test_a_device_is_read_and_found_again(device: Path, entries: Queue[str]) -> None:
    for text in ("2468", "1357"):
        with device.open("wb") as keypad:
            keypad.write(typed(text) + press(ENTER))
            keypad.flush()
            assert entries.get(timeout=20) == text
            device.unlink()  # before it hangs up: what is opened next is the one plugged in next
        os.mkfifo(device)


def test_a_device_that_is_not_there_is_told_once_and_awaited(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: Queue[str] = Queue()
    device = tmp_path / "keypad"
    reader = Reader(device, told.put, retry_min=Seconds(0.01))
    try:
        os.mkfifo(tmp_path / "made")
        (tmp_path / "made").rename(device)
        with device.open("wb") as keypad:
            keypad.write(typed("1") + press(ENTER))
            keypad.flush()
            assert told.get(timeout=20) == "1"
    finally:
        reader.close()
    assert sum("is lost: No such file" in message for message in caplog.messages) <= 1
