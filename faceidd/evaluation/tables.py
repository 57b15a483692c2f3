"""Figures as tables in Markdown, for the terminal and for documents."""

from collections.abc import Sequence

from faceidd.evaluation.figures import Figures

NONE = "-"


def share(one: Figures | None) -> str:
    """A rate as people read it."""
    return NONE if one is None else _small(one["value"])


def bounds(one: Figures | None) -> str:
    """A rate's bounds: `0.0001 to 0.0017`."""
    return NONE if one is None else f"{_small(one['low'])} to {_small(one['high'])}"


def number(one: float | None, digits: int = 4) -> str:
    """A number that may be unknown."""
    return NONE if one is None else f"{one:.{digits}f}"


def ratio(one: float | None) -> str:
    """How many times: `12 times`."""
    if one is None:
        return NONE
    return f"{one:,.0f} times" if one >= 100 else f"{one:.3g} times"  # noqa: PLR2004 - three digits


def reasons(counts: dict[str, int]) -> str:
    """Counts by reason: `turned_away 12, covered 1`."""
    return ", ".join(f"{reason} {count}" for reason, count in counts.items()) or "none"


def frames(counts: dict[str, int]) -> str:
    """How many frames were really fused, and in which part of the visits: `3 (90 %), 1 (10 %)`."""
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{size} ({100 * n / total:.0f} %)" for size, n in ordered) or NONE


def enrolled(open_set: Figures) -> str:
    """People enrolled in a draw, in the mean: `10`, or `4.2`."""
    return f"{open_set['enrollments'] / open_set['draws']:.3g}"


def failed(open_set: Figures) -> str:
    """Share of enrollments that failed because the photos disagreed."""
    tried = open_set["enrollments"] + open_set["enrollments_failed"]
    return f"{open_set['enrollments_failed'] / tried:.3f}"


def fixed_fnmr(cell: Figures, fmr: float) -> str:
    """FNMR at a fixed FMR, `-` where the pairs do not support it."""
    return next((share(one["fnmr"]) for one in cell["fixed"] if one["fmr"] == fmr), NONE)


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(one) for one in line) + " |" for line in lines)


def cell_table(figures: Figures) -> str:
    """Verification by set and group."""
    header = (
        "set", "people", "lost", "photos", "refused", "impostor pairs", "FMR", "95 %",
        "genuine pairs", "FNMR", "95 %", "EER", "FNMR at FMR 1e-2", "1e-3", "1e-4",
    )  # fmt: skip
    rows = [
        (
            cell["name"], cell["people"], cell["people_lost"], cell["photos"],
            share(cell["failure_to_acquire"]), cell["impostor_pairs"],
            share(cell["fmr"]), bounds(cell["fmr"]), cell["genuine_pairs"],
            share(cell["fnmr"]), bounds(cell["fnmr"]),
            number(cell["eer"]), *(fixed_fnmr(cell, fmr) for fmr in (1e-2, 1e-3, 1e-4)),
        )
        for cell in figures["cells"]
    ]  # fmt: skip
    return markdown(header, rows)


def group_table(figures: Figures) -> str:
    """Each group over its sets."""
    rows = [
        (
            group["name"], len(group["sets"]), group["people"], share(group["fmr"]),
            bounds(group["fmr"]), share(group["fnmr"]), bounds(group["fnmr"]),
            share(group["failure_to_acquire"]),
        )
        for group in figures["groups"]
    ]  # fmt: skip
    return markdown(
        ("group", "sets", "people", "FMR", "95 %", "FNMR", "95 %", "photos refused"), rows
    )


def spread_table(figures: Figures) -> str:
    """How unequally sets and groups are served."""
    rows = [
        (one["of"], one["worst"], one["best"], ratio(one["ratio"]), ratio(one["at_least"]))
        for one in figures["spreads"]
    ]
    return markdown(("of", "worst", "best", "worst by best", "at least"), rows)


def open_set_table(figures: Figures) -> str:
    """Open-set identification by set; the sets that do not allow it are left out."""
    header = (
        "set", "people", "enrolled", "failed", "photos", "frames fused", "visits",
        "strangers' visits",
        "TPIR at FPIR 1e-2", "3e-3", "TPIR here", "FPIR here",
    )  # fmt: skip
    rows = [
        (
            one["set"], one["people"], enrolled(one), failed(one), one["photos"],
            frames(one["visits_by_frames"]), one["visits"], one["stranger_visits"],
            *(number(at["tpir"], 3) for at in one["fixed"]),
            number(one["tpir"], 3), number(one["fpir"]),
        )
        for one in figures["open_sets"]
        if "people" in one
    ]  # fmt: skip
    return markdown(header, rows)


def accuracy_table(figures: Figures) -> str:
    """LFW's accuracy."""
    accuracy = figures["accuracy"]
    folds = accuracy["folds"]
    return markdown(
        ("folds", "pairs", "without a face", "accuracy", "standard error", "thresholds"),
        [
            (
                len(folds), accuracy["pairs"], accuracy["pairs_without_a_face"],
                number(accuracy["mean"]), number(accuracy["standard_error"]),
                ", ".join(number(fold["threshold"], 3) for fold in folds),
            )
        ],
    )  # fmt: skip


def _small(value: float) -> str:
    """Four digits, and where they would say nothing, a power of ten."""
    return f"{value:.1e}" if 0 < value < 1e-3 else f"{value:.4f}"  # noqa: PLR2004 - four digits


def _cell(one: object) -> str:
    return str(one).replace("|", "\\|").replace("\n", " ")
