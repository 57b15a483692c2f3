"""Plots of a report: pictures for light and dark pages, as data URIs."""

import base64
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from faceidd.evaluation.comparisons import Comparisons
from faceidd.evaluation.criterion import Criterion
from faceidd.evaluation.rates import Closeness, det

WIDTH_IN, HEIGHT_IN = 5.0, 3.4
BINS = 60
MOST_SCORES = 200_000
"""Scores in a histogram at most; of more, every so many-th in their order."""
NARROW = 0.005
"""Room on either side of a histogram, so that a single score has some too."""
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a6d3b", "#7f7f7f")
"""Told apart by people of any color vision (Okabe and Ito, "Color Universal Design", 2008)."""
STYLES = ("-", "--", "-.", ":")
GENUINE, IMPOSTOR = "#009e73", "#d55e00"
THEMES = {"light": "#333333", "dark": "#d8d8d8"}
"""Colors of text and lines on either page."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot on a transparent ground.

    Attributes:
        title: What it shows.
        light: Data URI of an SVG for light pages.
        dark: The same for dark pages.
    """

    title: str
    light: str
    dark: str


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Comparisons with the name, set and group they are plotted under."""

    name: str
    set: str
    group: str
    comparisons: Comparisons

    @property
    def label(self) -> str:
        """The name in a legend, which leaves names out that begin with an underscore."""
        return f" {self.name}" if self.name.startswith("_") else self.name

    @property
    def is_whole(self) -> bool:
        """Whether there are pairs of either kind."""
        return bool(self.comparisons.genuine.size and self.comparisons.impostor.size)


def det_plot(curves: Sequence[Curve], criterion: Criterion) -> Plot | None:
    """Detection error trade-off: a color a set, a line style a group, a dot where one operates.

    Returns:
        The plot; None where no curve has pairs of either kind.
    """
    whole = [curve for curve in curves if curve.is_whole]
    if not whole:
        return None
    sets, groups = ({getattr(c, of): None for c in whole} for of in ("set", "group"))
    colors = dict(zip(sets, cycle(COLORS), strict=False))
    styles = dict(zip(groups, cycle(STYLES), strict=False))

    def draw(axes: Axes) -> None:
        for curve in whole:
            color, style = colors[curve.set], styles[curve.group]
            _det_line(axes, curve, criterion, color, style)
        axes.set(xscale="log", yscale="log", xlabel="FMR", ylabel="FNMR")
        axes.set(xlim=(1e-5, 1), ylim=(1e-3, 1))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g}")
        handles, labels = axes.get_legend_handles_labels()
        where = axes.get_figure()
        if isinstance(where, Figure):
            where.legend(
                handles, labels, loc="outside lower center", ncols=3, fontsize=8, frameon=False
            )

    return _plot("Detection error trade-off", draw)


def score_plot(curve: Curve, criterion: Criterion) -> Plot | None:
    """Histogram of the scores of genuine and impostor pairs, with the threshold.

    Returns:
        The plot; None where there are no pairs.
    """
    kinds = [
        ("of one person", GENUINE, _thinned(curve.comparisons.genuine, criterion)),
        ("of two people", IMPOSTOR, _thinned(curve.comparisons.impostor, criterion)),
    ]
    shown = [(label, color, scores) for label, color, scores in kinds if scores.size]
    if not shown:
        return None
    every = np.concatenate([scores for _, _, scores in shown])
    low, high = float(every.min()), float(every.max())
    edges = np.linspace(low - NARROW, high + NARROW, BINS + 1)

    def draw(axes: Axes) -> None:
        for label, color, scores in shown:
            axes.hist(scores, edges.tolist(), density=True, color=color, alpha=0.55, label=label)
        if criterion.threshold is not None:
            axes.axvline(criterion.threshold, color=mpl.rcParams["text.color"], linewidth=1)
        axes.set(xlabel=str(criterion.scale), yticks=[], title=curve.name)
        axes.legend(fontsize=7, frameon=False)

    return _plot(f"Scores, {curve.name}", draw)


def _det_line(axes: Axes, curve: Curve, criterion: Criterion, color: str, style: str) -> None:
    found = curve.comparisons
    line = det(found.genuine, found.impostor)
    floor = 1e-6  # a logarithmic axis has no zero: below the plot's edge
    axes.plot(
        line.fmr, np.maximum(line.fnmr, floor), style, color=color, label=curve.label, linewidth=1.4
    )
    if criterion.closeness is not None:
        fmr = (found.impostor >= criterion.closeness).mean()
        fnmr = (found.genuine < criterion.closeness).mean()
        axes.plot(max(fmr, 1.2e-5), max(fnmr, 1.2e-3), "o", color=color, markersize=4)


def _thinned(closeness: Closeness, criterion: Criterion) -> Closeness:
    step = -(-closeness.size // MOST_SCORES) or 1
    return criterion.scale.closeness(closeness[::step])


def _plot(title: str, draw: Callable[[Axes], None]) -> Plot:
    pictures = {theme: _svg(draw, ink) for theme, ink in THEMES.items()}
    return Plot(title, pictures["light"], pictures["dark"])


def _svg(draw: Callable[[Axes], None], ink: str) -> str:
    style = mpl.rc_context(
        {
            "text.color": ink,
            "axes.labelcolor": ink,
            "axes.edgecolor": ink,
            "xtick.color": ink,
            "ytick.color": ink,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "font.size": 9,
            "svg.fonttype": "none",  # a browser has the letters of every name
            "svg.hashsalt": "faceidd",  # the same plot is the same file
            "text.parse_math": False,  # a set's name is no formula
        }
    )
    with style, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        # Without pyplot: no window system is asked for, and nothing stays open.
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), layout="constrained")
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        axes.grid(visible=True, color=ink, alpha=0.15, linewidth=0.5)
        draw(axes)
        buffer = BytesIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()
