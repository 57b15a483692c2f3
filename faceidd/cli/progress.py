"""How far a long work is: a bar on a terminal that has tqdm, or else a line now and then."""

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from tqdm import tqdm

LINE_EVERY_S = 10.0

Progress = Callable[[int, int | None], None]
"""Told how many things are done, and of how many if that is known."""


@contextmanager
def shown(what: str, unit: str) -> Iterator[Progress]:
    """Show on stderr how far a work is.

    Args:
        what: The work, `reading photos`.
        unit: What is counted, `photo`.
    """
    if sys.stderr.isatty() and importlib.util.find_spec("tqdm"):
        from tqdm import tqdm

        with tqdm(desc=what, unit=unit) as bar:
            yield lambda done, total: _move(bar, done, total)
    else:
        yield _Lines(what)


class _Lines:
    def __init__(self, what: str) -> None:
        self._what = what
        self._told_at = time.monotonic()

    def __call__(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._told_at >= LINE_EVERY_S:
            self._told_at = now
            of = "" if total is None else f" of {total}"
            print(f"{self._what}: {done}{of}", file=sys.stderr)


def _move(bar: "tqdm[Never]", done: int, total: int | None) -> None:
    bar.total = total
    bar.update(done - bar.n)
