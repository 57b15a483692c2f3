"""Names that photos can be filed under."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.enroll.names import MOST_BYTES, file_name
from faceidd.errors import EnrollmentError


@pytest.mark.parametrize("name", ["Kim", "김민준", "Zoë", "O'Brien-Smith jr.", "😀", "007", "-f"])
def test_names_of_any_language_serve(name: str) -> None:
    assert file_name(name) == name


@pytest.mark.parametrize("name", ["김민준", "Zoë"])
def test_both_spellings_of_a_name_are_one(name: str) -> None:
    assert file_name(unicodedata.normalize("NFD", name)) == file_name(name)


@pytest.mark.parametrize(
    "name", ["", "  ", ".", "..", ".Kim", "a/b", "../a", "a\\b", "a\0b", "a\nb", "\udcff"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(EnrollmentError, match="names no person"):
        file_name(name)


@pytest.mark.parametrize("name", ["K" * 300, "김" * 67])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(EnrollmentError, match=f"more than the {MOST_BYTES}"):
        file_name(name)


@given(st.text(max_size=80))
def test_a_name_stays_within_its_folder_and_is_stable(raw: str) -> None:
    try:
        name = file_name(raw)
    except EnrollmentError:
        return
    assert file_name(name) == name
    assert "/" not in name
    assert not name.startswith(".")
    assert 0 < len(name.encode()) <= MOST_BYTES
