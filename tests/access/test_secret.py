import re

import pytest

from faceidd.access.secret import MOST_LETTERS, PATTERN, hash_secret, is_secret

SALT = bytes(range(16))
HASHED = "scrypt$16384$8$1$AAECAwQFBgcICQoLDA0ODw==$"


def test_a_secret_fits_its_own_hash_and_no_other_does() -> None:
    hashed = hash_secret("2468")
    assert re.fullmatch(PATTERN, hashed)
    assert "2468" not in hashed
    assert is_secret("2468", hashed)
    assert not is_secret("2469", hashed)
    assert not is_secret("", hashed)


def test_two_hashes_of_one_secret_differ() -> None:
    assert hash_secret("2468") != hash_secret("2468")
    assert hash_secret("2468", SALT) == hash_secret("2468", SALT)
    assert hash_secret("2468", SALT).startswith(HASHED)


@pytest.mark.parametrize("secret", ["", "9" * (MOST_LETTERS + 1), "\ud800"])
def test_what_is_no_secret_is_not_hashed(secret: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - also Python's own, of text that is no Unicode
        hash_secret(secret)
    assert not is_secret(secret, hash_secret("2468", SALT))


def test_a_salt_has_its_length() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        hash_secret("2468", b"salt")


@pytest.mark.parametrize("hashed", ["", "2468", HASHED, f"{HASHED}{'A' * 43}=", f"{HASHED}\n"])
def test_what_is_no_hash_of_it_fits_nothing(hashed: str) -> None:
    assert not is_secret("2468", hashed)
