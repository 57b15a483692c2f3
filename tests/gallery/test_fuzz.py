"""Files made of good ones by accidents: whatever is no gallery is refused as such."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz_gallery import changed, readers, tried

READERS = 6


@pytest.mark.parametrize("turn", range(READERS))
def test_no_accident_fails_otherwise_than_it_may(
    turn: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    every = readers(tmp_path_factory.mktemp("fuzz"))
    assert len(every) == READERS
    good, read = list(every.values())[turn]
    assert tried(read, good) == "read"

    @given(st.integers(0, 1 << 64))
    @settings(max_examples=50)
    def accident(seed: int) -> None:
        tried(read, changed(good, random.Random(seed)))  # noqa: S311 - no secret

    accident()
