"""The report: what was looked at and what was found, as JSON; without pictures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from faceidd.doctor.finding import Finding
from faceidd.enroll.report import printable


@dataclass(frozen=True, slots=True)
class Examined:
    """What was looked at.

    Attributes:
        photos: The folder of photos as people read it; None where there was none.
        gallery: The gallery's file; None where there was none.
        model: The model's name.
        people: How many people the gallery or the photos know.
        count: How many photos were looked at.
        at: When, as people read it.
    """

    photos: str | None
    gallery: str | None
    model: str
    people: int
    count: int
    at: str


def as_json(findings: Sequence[Finding], examined: Examined) -> str:
    """The findings as JSON, without pictures."""
    told = {
        "schema_version": 1,
        "photos": examined.photos,
        "gallery": examined.gallery,
        "model": examined.model,
        "people": examined.people,
        "photos_seen": examined.count,
        "at": examined.at,
        "blocking": sum(one.kind.blocks for one in findings),
        "findings": [
            {
                "kind": one.kind.value,
                "blocks": one.kind.blocks,
                "says": one.says,
                "do": one.do,
                "people": list(one.people),
                "photos": [printable(path) for path in one.photos],
            }
            for one in findings
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
