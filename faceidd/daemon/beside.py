"""Beside: what is done around a look and is no part of the door's decision, so it may fail."""

import logging
from collections.abc import Callable
from typing import TypeVar

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


class Beside:
    """Does what may fail; each thing that does is logged once. For one thread."""

    def __init__(self) -> None:
        self._failed: set[str] = set()

    def do(self, what: str, step: Callable[[], _Result], otherwise: _Result) -> _Result:
        """Do one thing.

        Args:
            what: What is done, for the log; one of a few.
            step: Does it.
            otherwise: What it is taken to have said where it fails.
        """
        try:
            return step()
        except Exception:
            if what not in self._failed:
                self._failed.add(what)
                _log.exception("%s failed and is passed over; the door goes on", what)
            return otherwise
