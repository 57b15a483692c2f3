"""What is done beside a look fails no door."""

import pytest

from faceidd.daemon.beside import Beside


def test_what_is_done_says_what_it_says() -> None:
    assert Beside().do("counting", lambda: 3, otherwise=0) == 3


def test_what_fails_is_logged_once_and_taken_to_have_said_something_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> int:
        raise ZeroDivisionError

    beside = Beside()
    assert [beside.do("counting", fail, otherwise=7) for _ in range(3)] == [7, 7, 7]
    (record,) = caplog.records
    assert "counting failed" in record.message
    beside.do("sensing", fail, otherwise=0)
    assert len(caplog.records) == 2
