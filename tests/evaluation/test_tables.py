"""Tables in Markdown: numbers that can be read, and dashes where nothing is known."""

import pytest

from faceidd.evaluation import tables
from faceidd.evaluation.confidence import rate
from faceidd.evaluation.figures import rate_figures


@pytest.mark.parametrize(
    ("errors", "trials", "text", "within"),
    [
        (0, 100, "0.0000", "0.0000 to 0.0362"),
        (5, 100, "0.0500", "0.0164 to 0.1128"),
        (12, 4000000, "3.0e-06", "1.6e-06 to 5.2e-06"),
        (100, 100, "1.0000", "0.9638 to 1.0000"),
    ],
)
def test_small_rates_are_not_told_as_none(errors: int, trials: int, text: str, within: str) -> None:
    figures = rate_figures(rate(errors, trials))
    assert tables.share(figures) == text
    assert tables.bounds(figures) == within


def test_what_is_unknown_is_a_dash() -> None:
    assert rate_figures(None) is None
    assert rate_figures(rate(0, 0)) is None
    assert (tables.share(None), tables.bounds(None), tables.number(None)) == ("-", "-", "-")
    assert tables.ratio(None) == "-"


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (9.412, "9.41"), (99.4, "99.4"), (136000.4, "136,000")]
)
def test_a_ratio_is_told_in_three_digits_or_whole(value: float, text: str) -> None:
    assert tables.ratio(value) == f"{text} times"


def test_frames_are_told_with_their_part_of_the_visits() -> None:
    assert tables.frames({"1": 10, "3": 30}) == "3 (75 %), 1 (25 %)"
    assert tables.frames({}) == "-"


def test_enrollments_are_told_a_draw_with_those_that_failed() -> None:
    one = {"enrollments": 63, "enrollments_failed": 7, "draws": 10}
    assert (tables.enrolled(one), tables.failed(one)) == ("6.3", "0.100")


def test_a_table_keeps_its_columns_whatever_is_in_its_cells() -> None:
    assert tables.markdown(("a", "b"), [("x|y", 1), ("line\nline", 2)]).split("\n") == [
        "| a | b |",
        "| --- | --- |",
        "| x\\|y | 1 |",
        "| line line | 2 |",
    ]
