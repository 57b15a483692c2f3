"""How far a long work is, on a terminal and in a log, with tqdm and without."""

import importlib.util
import sys
import time

import pytest

from faceidd.cli.progress import LINE_EVERY_S, shown


def test_a_log_gets_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with shown("reading photos", "photo") as progress:
        for done, seconds in enumerate((0.0, LINE_EVERY_S / 2, LINE_EVERY_S, 1.0, LINE_EVERY_S)):
            now += seconds
            progress(done, 4)
        now += LINE_EVERY_S
        progress(5, None)
    assert capsys.readouterr().err.splitlines() == [
        "reading photos: 2 of 4",
        "reading photos: 4 of 4",
        "reading photos: 5",
    ]


@pytest.mark.parametrize("there", [True, False], ids=["tqdm", "no tqdm"])
def test_a_terminal_gets_a_bar_where_it_can_be_drawn(
    there: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    if not there:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with shown("reading photos", "photo") as progress:
        for done in range(5):
            progress(done, 4)
    assert ("4/4" in capsys.readouterr().err) == there
