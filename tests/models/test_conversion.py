import sys

import pytest

from faceidd.errors import ModelError
from faceidd.models.conversion import FrozenGraph


def test_without_tensorflow_the_reader_learns_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Python's own way to make an import fail.
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(ModelError, match=r"pip install 'faceidd\[build\]'"):
        FrozenGraph(b"", source="input:0", sink="embeddings:0")
