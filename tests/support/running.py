"""A daemon in the process of a test."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import Self

from support.small_door import Settings

from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.watch import Look

PATIENCE_S = 60


class Run:
    """A daemon that runs on a thread while it is a context."""

    def __init__(self, settings: Settings) -> None:
        self.daemon = Daemon(Config.model_validate(settings))
        self._looks: Queue[Look] = Queue()
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self.ended: Future[None] = self._pool.submit(self.daemon.run, self._stop, self._looks.put)

    def wait_look(self, wanted: Callable[[Look], bool]) -> Look:
        """Wait for such a look; those before it are gone."""
        while not wanted(look := self._looks.get(timeout=PATIENCE_S)):
            pass
        return look

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        self.daemon.__exit__()
