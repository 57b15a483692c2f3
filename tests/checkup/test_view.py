"""How large a face is, by how far away it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.checkup.view import View


def test_the_documented_distances_hold() -> None:
    # docs/operations.md: 130 px, 640 px and 60 degrees.
    assert View(640, 60).reach_m(130) == pytest.approx(0.65, abs=0.02)
    assert View(1280, 60).reach_m(130) == pytest.approx(1.3, abs=0.03)


@given(st.integers(16, 8192), st.floats(10, 170), st.integers(20, 2000))
def test_a_face_at_its_reach_just_passes_the_filter(width: int, degrees: float, least: int) -> None:
    view = View(width, degrees)
    assert view.face_px(view.reach_m(least)) == pytest.approx(least)
