"""`faceidd gallery expire`: days are shown as they were named."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.kept_people import KeptPeople

from faceidd.cli.main import main


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
