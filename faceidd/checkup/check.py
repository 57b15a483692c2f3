"""Check: what was found of one part of a door, and what mends it."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from faceidd.errors import FaceiddError

Figure = float | int | bool | str | None
"""Something measured; a number's unit stands in its name."""


class Verdict(StrEnum):
    """How a part is."""

    OK = "ok"
    WARN = "warn"
    """It works, and somebody should look after it."""
    FAIL = "fail"
    """It does not work: the door does not do what it is there for."""
    SKIPPED = "skipped"
    """This door has none, or it could not be looked at; the reason says which."""


class Check(BaseModel):
    """What was found of one part, or of one side of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Which part, and which side of it: `camera`, `camera.picture`."""
    verdict: Verdict
    """How it is."""
    reason: str
    """What was seen, in words, without a full stop."""
    mend: str = ""
    """What to do; empty where nothing is to be done."""
    figures: dict[str, Figure] = {}
    """What was measured: a name with its unit -> value."""

    @classmethod
    def ok(cls, name: str, reason: str, /, **figures: Figure) -> Self:
        """A part that is well."""
        return cls(name=name, verdict=Verdict.OK, reason=reason, figures=figures)

    @classmethod
    def warn(cls, name: str, reason: str, mend: str, /, **figures: Figure) -> Self:
        """A part that somebody should look after."""
        return cls(name=name, verdict=Verdict.WARN, reason=reason, mend=mend, figures=figures)

    @classmethod
    def fail(cls, name: str, reason: str, mend: str, /, **figures: Figure) -> Self:
        """A part that does not work."""
        return cls(name=name, verdict=Verdict.FAIL, reason=reason, mend=mend, figures=figures)

    @classmethod
    def skipped(cls, name: str, reason: str, mend: str = "", /, **figures: Figure) -> Self:
        """A part that this door has not, or that could not be looked at."""
        return cls(name=name, verdict=Verdict.SKIPPED, reason=reason, mend=mend, figures=figures)

    @classmethod
    def fault(cls, name: str, error: FaceiddError, /, **figures: Figure) -> Self:
        """A part that does not work, by the daemon's own words."""
        return cls.fail(name, error.what, error.do, **figures)
