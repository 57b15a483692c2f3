"""Stages: how long each step of seeing takes, for whoever wants to know."""

from collections.abc import Callable
from typing import Literal

from faceidd.clock import monotonic
from faceidd.units import Seconds

Stage = Literal["detect", "refine", "quality", "align", "embed", "decide"]
"""The steps of one look: the first three once a frame, align and embed once a face. `decide` is
all of matching and deciding; it lies behind this room and is named with the others."""
OnStage = Callable[[Stage, Seconds], None]
"""Is told how long a stage took; must return at once."""


def unheard(_stage: Stage, _took: Seconds) -> None:
    """Nobody wants to know."""


class Stopwatch:
    """Measures stages that follow each other.

    Args:
        on_stage: Is told of each.
    """

    def __init__(self, on_stage: OnStage) -> None:
        self._on_stage = on_stage
        self._since = monotonic()

    def lap(self, stage: Stage) -> None:
        """Tell that a stage is over; the next one begins."""
        now = monotonic()
        self._on_stage(stage, Seconds(now - self._since))
        self._since = now
