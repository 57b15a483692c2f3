"""Report: what a checkup found, for programs; its form is versioned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from faceidd import __version__
from faceidd.attribute_docs import DescribedJsonSchema
from faceidd.checkup.check import Check, Verdict


class Report(BaseModel):
    """What a checkup found."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    form: Literal["faceidd.doctor/1"] = Field("faceidd.doctor/1", alias="schema")
    door: str
    """The door's id."""
    version: str
    """Of faceidd."""
    made_at: AwareDatetime
    """When, by the machine's clock."""
    verdict: Literal[Verdict.OK, Verdict.WARN, Verdict.FAIL]
    """The worst of all checks'."""
    checks: tuple[Check, ...]

    @classmethod
    def of(cls, door: str, checks: Sequence[Check], now: datetime) -> Self:
        """Put a report together."""
        return cls(
            door=door, version=__version__, made_at=now, verdict=worst(checks), checks=tuple(checks)
        )


def report_schema() -> dict[str, Any]:
    """The JSON Schema of a report as it is written."""
    return Report.model_json_schema(
        by_alias=True, mode="serialization", schema_generator=DescribedJsonSchema
    )


def worst(checks: Sequence[Check]) -> Literal[Verdict.OK, Verdict.WARN, Verdict.FAIL]:
    """The worst verdict; what was skipped counts as well."""
    verdicts = {check.verdict for check in checks}
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.WARN if Verdict.WARN in verdicts else Verdict.OK
