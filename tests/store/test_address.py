from pathlib import Path

import pytest

from faceidd.errors import StoreError
from faceidd.store.address import POSTGRESQL, default_address, shown, store_url


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("postgresql://ann:secret@db/people", "postgresql://ann:***@db/people"),
        ("postgres://ann:secret@db:5433/p?sslmode=require", "postgresql://ann:***@db:5433/p?"),
        ("postgresql://db/people?password=secret", "postgresql://db/people?password=***"),
        ("postgresql://db/p?sslpassword=secret", "postgresql://db/p?sslpassword=***"),
    ],
)
def test_a_password_is_never_shown(address: str, plain: str) -> None:
    url = store_url(address)
    assert url.get_backend_name() == POSTGRESQL
    assert shown(url).startswith(plain)
    assert "secret" not in shown(url)


@pytest.mark.parametrize("address", ["people.store", "sqlite:///people.store"])
def test_a_file_is_named_by_its_whole_path(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(store_url(address)) == str(tmp_path / "people.store")


@pytest.mark.parametrize(
    "address", ["", "sqlite:///", "mysql://ann:secret@db/people", "postgresql://ann:secret@db:x/p"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(StoreError) as refused:
        store_url(address)
    assert "secret" not in str(refused.value)


def test_where_none_is_named_the_environment_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEIDD_STORE", "postgresql://db/people")
    assert default_address() == "postgresql://db/people"
    monkeypatch.delenv("FACEIDD_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_address() == "/data/faceidd/people.store"
    monkeypatch.setenv("XDG_DATA_HOME", "not absolute")
    monkeypatch.setenv("HOME", "/home/ann")
    assert default_address() == "/home/ann/.local/share/faceidd/people.store"
