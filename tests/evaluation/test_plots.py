"""Plots: pictures that light and dark pages can show, of any set's name."""

import base64
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from support.measured_people import crowd

from faceidd.evaluation.comparisons import Comparisons, compare_all
from faceidd.evaluation.criterion import Criterion
from faceidd.evaluation.plots import Curve, Plot, det_plot, score_plot
from faceidd.evaluation.rates import Closeness
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Scorer

CRITERION = Criterion(Scale(), 0.7, "told")
NOTHING: Closeness = np.empty(0, np.float32)


def curve(name: str = "web", *, photos: int = 4) -> Curve:
    return Curve(name, name, "all", compare_all(crowd(5, photos), Scorer(Scale())))


def text_of(uri: str) -> str:
    kind, content = uri.split(",", 1)
    assert kind == "data:image/svg+xml;base64"
    return "".join(ET.fromstring(base64.b64decode(content)).itertext())  # noqa: S314 - our own SVG


def both(plot: Plot | None) -> list[str]:
    assert plot is not None
    assert plot.light != plot.dark
    return [text_of(plot.light), text_of(plot.dark)]


@pytest.mark.parametrize("name", ["_web", "a $x$ <b> & 王 $\\frac{"])
def test_a_plot_names_what_it_shows(name: str) -> None:
    for text in both(det_plot([curve(name)], CRITERION)):
        assert name in text
        assert "FMR" in text
        assert "mathdefault" not in text
    for text in both(score_plot(curve(name), CRITERION)):
        assert name in text
        assert "cosine" in text


def test_the_same_plot_is_the_same_file() -> None:
    assert det_plot([curve()], CRITERION) == det_plot([curve()], CRITERION)


def test_without_genuine_pairs_there_is_no_trade_off_but_a_histogram() -> None:
    single = curve(photos=1)
    assert det_plot([single], CRITERION) is None
    for text in both(score_plot(single, CRITERION)):
        assert "of one person" not in text


def test_without_any_pair_there_is_no_plot() -> None:
    assert (
        score_plot(Curve("x", "x", "x", Comparisons(NOTHING, NOTHING, 0, (), ())), CRITERION)
        is None
    )


def test_one_score_alone_can_be_plotted() -> None:
    one = Comparisons(NOTHING, np.array([0.5], np.float32), 1, (), ())
    assert score_plot(Curve("x", "x", "x", one), CRITERION) is not None


def test_without_a_threshold_nothing_is_marked() -> None:
    criterion = Criterion(Scale(), None, "told")
    assert both(det_plot([curve()], criterion))
    marked, plain = (score_plot(curve(), one) for one in (CRITERION, criterion))
    assert marked != plain


def test_distances_are_plotted_as_distances() -> None:
    scale = Scale(Metric.EUCLIDEAN_L2)
    found = compare_all(crowd(5, 4), Scorer(scale))
    (text, _) = both(score_plot(Curve("x", "x", "x", found), Criterion(scale, 1.0, "told")))
    assert "euclidean_l2" in text
    assert "−" not in text  # noqa: RUF001 - the minus that Matplotlib writes
