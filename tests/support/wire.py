"""An input under test, and the world that drives it."""

from collections.abc import Callable
from dataclasses import dataclass

from faceidd.door.line import Line


@dataclass(frozen=True)
class Wire:
    """An input, and what sets its wire high or low."""

    line: Line
    drive: Callable[[bool], None]
