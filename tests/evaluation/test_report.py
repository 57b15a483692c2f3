"""The report: one page of its own, hostile names harmless, and the same numbers as JSON."""

import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from support.measured_people import FUSION, crowd, embedded, photo, together

from faceidd.evaluation.criterion import Criterion
from faceidd.evaluation.draws import DrawRules
from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.figures import Figures, lfw_figures, people_figures, rate_figures
from faceidd.evaluation.lfw import Pair, measure_lfw
from faceidd.evaluation.people import People, measure_people
from faceidd.evaluation.pictures import jpeg_uri
from faceidd.evaluation.plots import Curve, det_plot, score_plot
from faceidd.evaluation.report import Report, page_of, write_report
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Scorer

HOSTILE = "<script>alert('x')</script> & \"q\" $\\frac{1}{2}$ 王\n_"
ROOT = Path("/photos")
PICTURE = jpeg_uri(np.full((8, 8, 3), 99, np.uint8))
CRITERION = Criterion(Scale(), 0.9, "told")


def head(criterion: Criterion = CRITERION) -> Figures:
    return {
        "title": "Told",
        "version": "1.2.3",
        "made_at": "2026-01-02",
        "source": f"people {HOSTILE}.csv",
        "model": {
            "name": "told",
            "model_id": "0" * 64,
            "detector": "told",
            "min_face_px": 45,
            "gate": True,
        },
        "operating_point": {
            "scale": str(criterion.scale),
            "metric": "cosine",
            "normalization": "none",
            "threshold": criterion.threshold,
            "origin": criterion.origin,
        },
        "cohort": None,
    }


def photos() -> Embedded:
    base = together(
        crowd(5, 5, set="webcam", group="east_asian", spread=1.0),
        crowd(4, 5, set=HOSTILE, group=HOSTILE, seed=1),
        crowd(3, 1, set="_single", group="other", seed=2),
    )
    hostile = [
        photo(str(ROOT / f"{at} {one.path}"), one.identity, set=one.set, group=one.group)
        for at, one in enumerate(base.photos)
    ]
    return embedded(hostile, base.vectors, {photo(f"/else/{HOSTILE}.png", "x"): "blurred"})


def measured(people: Embedded, criterion: Criterion = CRITERION) -> People:
    rules = DrawRules(repeats=4)
    return measure_people(people, Scorer(criterion.scale), criterion, FUSION, rules, worst=3)


def report(
    criterion: Criterion = CRITERION, picture: str | None = PICTURE, *, plots: bool = True
) -> Report:
    people = photos()
    found = measured(people, criterion)
    cells = found.cells if plots else ()
    curves = [Curve(cell.name, cell.set, cell.group, cell.comparisons) for cell in cells]
    scores = [score_plot(curve, criterion) for curve in curves]
    return Report(
        head(criterion) | people_figures(found, people, criterion, 0.05, ROOT),
        det_plot(curves, criterion),
        [one for one in scores if one is not None],
        ROOT,
        lambda _: picture,
    )


class Page(HTMLParser):
    """What a browser would see: tags, sources of pictures, and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [
            value or "" for name, value in attrs if name in {"src", "srcset", "href", "action"}
        ]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def made() -> Report:
    return report()


@pytest.fixture(scope="module")
def page(made: Report) -> Page:
    return Page(page_of(made))


def test_the_page_refers_to_nothing_outside_and_runs_nothing(page: Page) -> None:
    assert page.sources
    assert all(source.startswith("data:image/") for source in page.sources)
    assert {"script", "link", "iframe", "object", "form"}.isdisjoint(page.tags)


def test_hostile_names_are_shown_as_they_are(page: Page) -> None:
    shown = re.sub(r"\s+", " ", page.text)
    assert re.sub(r"\s+", " ", f"{HOSTILE}, {HOSTILE}") in shown
    assert re.sub(r"\s+", " ", f"people {HOSTILE}.csv") in shown
    assert re.sub(r"\s+", " ", f"/else/{HOSTILE}.png") in shown


def test_the_page_shows_the_worst_pairs_as_pictures(page: Page, made: Report) -> None:
    faces = page.sources.count(PICTURE)
    pairs = [pair for cell in made.figures["pairs"] for pair in cell["genuine"] + cell["impostor"]]
    assert len(pairs) >= 12
    assert faces == 2 * len(pairs)
    for pair in pairs:
        assert f"{pair['value']:.3f}" in page.text


def test_a_page_says_whose_it_is(page: Page) -> None:
    assert "This page holds pictures of people." in page.text


def test_the_page_has_plots_for_light_and_dark(page: Page, made: Report) -> None:
    svg = [source for source in page.sources if source.startswith("data:image/svg+xml")]
    assert len(svg) == 2 * (1 + len(made.scores))
    assert len(made.scores) == 3
    assert len(set(svg)) == len(svg)


def test_a_photo_without_a_picture_is_told(made: Report) -> None:
    assert page_of(report(picture=None, plots=False)).count(">no picture<") >= 12
    assert ">no picture<" not in page_of(made)


def test_the_json_has_every_number_and_no_picture(tmp_path: Path, made: Report) -> None:
    written = write_report(made, tmp_path / "deep" / "report")
    assert written.name == "report.html"
    text = (written.parent / "report.json").read_text()
    assert "data:image" not in text
    data = json.loads(text)
    assert data == json.loads(json.dumps(made.figures))
    people = measured(photos())
    for cell, figures in zip(people.cells, data["cells"], strict=True):
        assert figures["impostor_pairs"] == cell.comparisons.impostor.size
        assert figures["fmr"] == rate_figures(cell.fmr)
        assert figures["eer"] == cell.eer
    (webcam,) = (one for one in data["open_sets"] if one["set"] == "webcam")
    assert webcam["visits_by_frames"] == {"2": 8}
    assert 0 <= webcam["fpir"] <= 1
    assert {one["cell"] for one in data["curves"]} == {cell.name for cell in people.cells}
    assert data["photos"]["refused"][0]["reason"] == "blurred"
    assert data["pairs"][0]["impostor"][0]["first"]["file"].endswith(".png")


def test_the_report_is_its_owners_only(tmp_path: Path, made: Report) -> None:
    written = write_report(made, tmp_path / "report")
    for path, mode in ((written, 0o600), (written.parent, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_file_name_that_is_no_text_is_written_too(tmp_path: Path) -> None:
    base = crowd(2, 2)
    names = [photo(f"/photos/{i} \udcff.png", one.identity) for i, one in enumerate(base.photos)]
    people = embedded(names, base.vectors)
    figures = head() | people_figures(measured(people), people, CRITERION, 0.05, ROOT)
    written = write_report(Report(figures, None, [], ROOT, lambda _: PICTURE), tmp_path)
    assert written.read_text(encoding="utf-8").count(PICTURE) == 6
    assert "\\udcff" in (tmp_path / "report.json").read_text()


def test_without_a_threshold_the_page_has_no_rates_at_it() -> None:
    page = Page(page_of(report(Criterion(Scale(), None, "none is known"), plots=False)))
    assert "none is known" in page.text
    assert "highest FMR" not in page.text


@pytest.mark.parametrize("metric", Metric)
def test_errors_among_the_worst_pairs_are_marked(metric: Metric) -> None:
    criterion = Criterion(Scale(metric), 0.6, "told")
    people = photos()
    found = measured(people, criterion)
    figures = people_figures(found, people, criterion, 0.05, ROOT)
    marked = 0
    for cell in figures["pairs"]:
        for kind in ("genuine", "impostor"):
            for pair in cell[kind]:
                near = pair["value"] >= 0.6 if metric is Metric.COSINE else pair["value"] <= 0.6
                assert pair["error"] == (near if kind == "impostor" else not near)
                marked += pair["error"]
    assert marked


def test_lfw_has_its_own_page() -> None:
    people = crowd(4, 2)
    photos = people.photos
    pairs = [
        Pair(fold, one.identity == other.identity, one, other)
        for fold, (a, b) in enumerate([((0, 1), (0, 2)), ((4, 5), (4, 7))])
        for one, other in ((photos[a[0]], photos[a[1]]), (photos[b[0]], photos[b[1]]))
    ]
    lfw = measure_lfw(pairs, people, Scorer(Scale()), worst=2)
    figures = head() | lfw_figures(lfw, people, CRITERION, ROOT)
    one = Report(figures, None, [], ROOT, lambda _: PICTURE)
    page = Page(page_of(one))
    assert "of pairs judged rightly" in page.text
    assert page.sources.count(PICTURE) == 8
    assert figures["accuracy"]["mean"] == lfw.accuracy.mean
    assert f"{lfw.accuracy.mean:.4f}" in page.text
