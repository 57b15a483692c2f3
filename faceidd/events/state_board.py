"""StateBoard: the newest of each retained state, for everybody who shows or sends them."""

import threading
from collections.abc import Callable, Mapping

from faceidd.events.retained import RetainedState

Watcher = Callable[[RetainedState], None]
"""Is told of a state that is new; must return at once and not fail."""


class StateBoard:
    """Keeps one state of each name. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, RetainedState] = {}
        self._watchers: list[Watcher] = []

    @property
    def states(self) -> Mapping[str, RetainedState]:
        """What is shown now, by name."""
        with self._lock:
            return dict(self._states)

    def show(self, state: RetainedState) -> None:
        """Put a state in the place of the one with its name, unless that says the same."""
        with self._lock:
            if state.says_the_same_as(self._states.get(state.name)):
                return
            self._states[state.name] = state
            for watcher in self._watchers:
                watcher(state)

    def watch(self, watcher: Watcher) -> None:
        """Tell somebody all states of now, and each that is shown from now on."""
        with self._lock:
            self._watchers.append(watcher)
            for state in self._states.values():
                watcher(state)
