"""The page: the report with pictures of the people it is about.

It refers to nothing outside of itself, runs no program, and is its owner's only.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import jinja2

from faceidd.doctor.finding import Finding
from faceidd.doctor.page_files import DATA, PAGE
from faceidd.doctor.report import Examined, as_json
from faceidd.durable import replace_file
from faceidd.enroll.report import printable
from faceidd.errors import FaceiddError
from faceidd.evaluation.pictures import FacePicture

MOST_PICTURES = 6
"""Photos shown of one finding."""


def write_page(
    findings: Sequence[Finding], examined: Examined, picture: FacePicture, folder: Path
) -> Path:
    """Write the page and the report into a folder, made where it is missing.

    Args:
        findings: What was found, in the order of `diagnosis`.
        examined: What was looked at.
        picture: Gives the picture of a photo's face.
        folder: The folder.

    Returns:
        The page.

    Raises:
        FaceiddError: They cannot be written.
    """
    page = page_of(findings, examined, picture).encode("utf-8", "xmlcharrefreplace")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(folder / DATA, as_json(findings, examined).encode("utf-8"))
        replace_file(folder / PAGE, page)
    except OSError as error:
        raise FaceiddError(
            f"the report cannot be written into {folder}: {error.strerror}",
            do="name a folder that is writable and has room",
        ) from error
    return folder / PAGE


def page_of(findings: Sequence[Finding], examined: Examined, picture: FacePicture) -> str:
    """The page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    kinds = [
        {
            "heading": kind.heading,
            "blocks": kind.blocks,
            "findings": [_shown(one, picture) for one in some],
        }
        for kind, some in groupby(findings, key=lambda one: one.kind)
    ]
    blocking = sum(one.kind.blocks for one in findings)
    template = environment.get_template("page.html.j2")
    return template.render(
        kinds=kinds, examined=examined, blocking=blocking, advice=len(findings) - blocking
    )


def _shown(finding: Finding, picture: FacePicture) -> dict[str, object]:
    return {
        "says": finding.says,
        "do": finding.do,
        "pictures": [
            {"file": printable(Path(*path.parts[-2:])), "uri": picture(path)}
            for path in finding.photos[:MOST_PICTURES]
        ],
        "more": max(len(finding.photos) - MOST_PICTURES, 0),
    }
