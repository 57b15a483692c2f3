"""`faceidd gallery expire, valid, groups`: what is said of people is shown as it was named."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.kept_people import KeptPeople

from faceidd.cli.main import main
from faceidd.errors import GalleryError


@pytest.fixture(autouse=True)
def _in_seoul(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Seoul")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("2026-12-31", "2026-12-31"),
        ("2026-12-31T18:00", "2026-12-31 18:00"),
        ("2026-12-31T18:00+00:00", "2027-01-01 03:00"),
    ],
)
def test_a_day_is_shown_as_it_was_named(
    named: str, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(KeptPeople(tmp_path).gallery)
    assert main(["gallery", "expire", "Kim", named, "--gallery", file]) == 0
    assert f"Kim is refused after {shown};" in capsys.readouterr().out
    assert main(["gallery", "show", "Kim", "--gallery", file]) == 0
    assert f"expires    after {shown}\n" in capsys.readouterr().out
    assert main(["gallery", "list", "--gallery", file]) == 0
    kim = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Kim"))
    assert f"  {shown}  " in kim


@pytest.mark.parametrize("named", ["9999-12-31", "0001-01-01", "9999-12-31T23:00-12:00"])
def test_a_day_at_the_end_of_all_calendars_is_refused(
    named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["gallery", "expire", "Kim", named])
    assert ended.value.code == 2
    assert "is out of reach; name another day, or `never`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01T08:00", "2026-12-01 08:00"),
        ("2026-11-30T15:00+00:00", "2026-12-01"),
    ],
)
def test_a_first_day_is_shown_as_it_was_named(
    named: str, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(KeptPeople(tmp_path).gallery)
    assert main(["gallery", "valid", "Kim", named, "--gallery", file]) == 0
    assert capsys.readouterr().out == f"Kim is refused before {shown}\n"
    assert main(["gallery", "show", "Kim", "--gallery", file]) == 0
    assert f"valid from {shown}\n" in capsys.readouterr().out
    assert main(["gallery", "valid", "Kim", "always", "--gallery", file]) == 0
    assert main(["gallery", "show", "Kim", "--gallery", file]) == 0
    assert "valid from always\n" in capsys.readouterr().out


def test_groups_are_added_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(KeptPeople(tmp_path).gallery)
    words = ["gallery", "groups", "Kim", "Lee", "--gallery", file]
    assert main([*words, "--add", "staff", "--add", "night"]) == 0
    assert capsys.readouterr().out == "Kim: night, staff\nLee: night, staff\n"
    assert main(["gallery", "groups", "Kim", "--remove", "night", "--gallery", file]) == 0
    assert main(words) == 0
    assert capsys.readouterr().out == "Kim: staff\nKim: staff\nLee: night, staff\n"
    assert main(["gallery", "show", "Kim", "--gallery", file]) == 0
    assert "groups     staff\n" in capsys.readouterr().out
    assert main([*words, "--add", ""]) == GalleryError.exit_code
