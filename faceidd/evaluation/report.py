"""The report: one page that holds everything, and the same numbers as JSON.

The page holds pictures of the people who were measured. It refers to nothing outside of itself,
runs no program, and is written for its owner only.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from faceidd.durable import replace_file
from faceidd.evaluation import tables
from faceidd.evaluation.figures import Figures
from faceidd.evaluation.pictures import FacePicture
from faceidd.evaluation.plots import Plot

PAGE, DATA = "report.html", "report.json"


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What is to be shown.

    Attributes:
        figures: All numbers, as `evaluation.figures` makes them, with what was measured how.
        trade_off: The plot of the error trade-off, if there is one.
        scores: Histograms.
        root: The folder that the figures' file names are relative to.
        picture: Gives the picture of a photo's subject.
    """

    figures: Figures
    trade_off: Plot | None
    scores: Sequence[Plot]
    root: Path
    picture: FacePicture


def write_report(report: Report, folder: Path) -> Path:
    """Write the page and the JSON into a folder, made where it is missing.

    Returns:
        The page.

    Raises:
        OSError: They cannot be written.
    """
    page = page_of(report).encode("utf-8", "xmlcharrefreplace")
    data = json.dumps(report.figures, indent=1, allow_nan=False).encode()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(folder / DATA, data)
    replace_file(folder / PAGE, page)
    return folder / PAGE


def page_of(report: Report) -> str:
    """The page."""
    template = _environment().get_template("report.html.j2")
    return template.render(
        figures=report.figures,
        trade_off=report.trade_off,
        scores=report.scores,
        pictures=_pictures(report),
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for one in (tables.share, tables.bounds, tables.number, tables.ratio, tables.reasons):
        environment.filters[one.__name__] = one
    environment.filters |= {
        "frames": tables.frames,
        "failed": tables.failed,
        "enrolled": tables.enrolled,
    }
    environment.globals["fixed_fnmr"] = tables.fixed_fnmr
    return environment


def _pictures(report: Report) -> dict[str, str | None]:
    """The picture of each photo that stands in a pair, by its name in the figures."""
    names = dict.fromkeys(_names(report.figures))
    return {name: report.picture(report.root / name) for name in names}


def _names(figures: Figures) -> Iterator[str]:
    for cell in figures["pairs"]:
        for pair in (*cell["genuine"], *cell["impostor"]):
            yield pair["first"]["file"]
            yield pair["second"]["file"]
