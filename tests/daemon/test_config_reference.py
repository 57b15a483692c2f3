from collections.abc import Iterator
from pathlib import Path

import pytest

from faceidd.attribute_docs import attribute_docs
from faceidd.daemon.config import Config
from faceidd.daemon.config_reference import reference, section_of
from faceidd.daemon.config_section import Section

REFERENCE = reference()
DOCS = Path(__file__).parents[2] / "docs" / "configuration.md"


def keys(section: type[Section]) -> Iterator[tuple[type[Section], str]]:
    for name, field in section.model_fields.items():
        yield section, name
        if inner := section_of(field.annotation):
            yield from keys(inner)


def test_the_documentation_holds_the_reference() -> None:
    assert DOCS.read_text().endswith(REFERENCE), (
        "docs/configuration.md is behind the schema: replace its tables with what"
        " faceidd.daemon.config_reference.reference() gives"
    )


@pytest.mark.parametrize(
    ("section", "key"),
    [(section, key) for section, key in keys(Config) if section is not Config],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_every_key_is_described_and_stands_in_the_reference(
    section: type[Section], key: str
) -> None:
    description = " ".join(attribute_docs(section)[key].split())
    assert description.endswith(".")
    (row,) = [row for row in REFERENCE.splitlines() if row.endswith(f"| {description} |")]
    assert row.startswith(f"| `{key}` | `")
