import hashlib
from hashlib import scrypt
from typing import Any

import pytest
from support.policies import KIM, LEE

from faceidd.access.factors import Entry, Factors, Tried
from faceidd.access.policy import FactorKind, PersonRules, SecondFactor
from faceidd.access.secret import hash_secret
from faceidd.units import Instant, Seconds

RULE = SecondFactor(frozenset({FactorKind.PIN}), Seconds(15.0), tries=2, lockout=Seconds(60.0))
SALT = bytes(16)
KIMS = PersonRules(
    factors={FactorKind.PIN: hash_secret("2468", SALT), FactorKind.CARD: hash_secret("c", SALT)},
    duress_pin=hash_secret("2469", SALT),
)


@pytest.fixture
def factors() -> Factors:
    return Factors()


def pin(secret: str, at: float) -> Entry:
    return Entry(FactorKind.PIN, secret, Instant(at))


def test_a_right_pin_counts_from_when_it_was_typed_until_it_is_used_up(factors: Factors) -> None:
    factors.enter(pin("2468", 100.0))
    assert factors.settle(KIM, KIMS, RULE, Instant(110.0)) is Tried.RIGHT
    assert factors.confirmed == {KIM: 100.0}
    factors.use_up(KIM)
    assert factors.confirmed == {}
    factors.settle(KIM, KIMS, RULE, Instant(111.0))
    assert factors.confirmed == {}


def test_the_duress_pin_counts_like_the_other_and_says_so(factors: Factors) -> None:
    factors.enter(pin("2469", 100.0))
    assert factors.settle(KIM, KIMS, RULE, Instant(101.0)) is Tried.FORCED
    assert factors.confirmed == {KIM: 100.0}


def test_a_duress_pin_is_heard_where_nobody_asked_for_it_and_stays_an_entry(
    factors: Factors, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[bytes] = []

    def counted(secret: bytes, **parameters: Any) -> bytes:
        hashed.append(secret)
        return scrypt(secret, **parameters)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    for secret, forced in (("2469", True), ("2468", False)):
        factors.enter(pin(secret, 100.0))
        for _ in range(3):
            assert factors.is_forced(KIM, KIMS) is forced
            assert not factors.is_forced(LEE, PersonRules())
    assert hashed == [b"2469", b"2468"]  # once for each entry
    assert factors.is_forced(KIM, PersonRules(duress_pin=hash_secret("2468", SALT)))
    assert factors.settle(KIM, KIMS, RULE, Instant(101.0)) is Tried.RIGHT


def test_an_entry_is_held_against_one_person_once(factors: Factors) -> None:
    factors.enter(pin("2468", 100.0))
    assert factors.settle(LEE, PersonRules(), RULE, Instant(101.0)) is Tried.WRONG
    assert factors.settle(KIM, KIMS, RULE, Instant(101.0)) is Tried.NOTHING
    assert factors.confirmed == {}


@pytest.mark.parametrize("now", [99.0, 116.0])
def test_an_entry_of_another_time_counts_nothing(factors: Factors, now: float) -> None:
    factors.enter(pin("2468", 100.0))
    factors.settle(KIM, KIMS, RULE, Instant(now))
    assert factors.confirmed == {}


def test_a_card_does_not_serve_where_a_pin_is_asked_for(factors: Factors) -> None:
    factors.enter(Entry(FactorKind.CARD, "c", Instant(100.0)))
    factors.settle(KIM, KIMS, RULE, Instant(101.0))
    assert factors.confirmed == {}


def test_wrong_tries_lock_one_person_out_for_a_while(factors: Factors) -> None:
    for number in range(RULE.tries):
        assert factors.locked_out == {}
        factors.enter(pin("1111", 100.0 + number))
        factors.settle(KIM, KIMS, RULE, Instant(100.0 + number))
    assert factors.locked_out == {KIM: 161.0}
    factors.enter(pin("2468", 160.0))
    factors.settle(KIM, KIMS, RULE, Instant(160.0))
    assert factors.confirmed == {}
    factors.settle(KIM, KIMS, RULE, Instant(161.0))
    assert factors.confirmed == {KIM: 160.0}


def test_a_right_one_forgives_the_wrong_ones_before_it(factors: Factors) -> None:
    for secret in ("1111", "2468", "1111"):
        factors.enter(pin(secret, 100.0))
        factors.settle(KIM, KIMS, RULE, Instant(100.0))
    assert factors.locked_out == {}


def test_an_entry_that_nobody_used_is_forgotten(factors: Factors) -> None:
    factors.enter(pin("2468", 100.0))
    factors.expire(Instant(130.0), Seconds(30.0))
    factors.settle(KIM, KIMS, RULE, Instant(101.0))
    assert factors.confirmed == {KIM: 100.0}
    factors.enter(pin("2468", 100.0))
    factors.use_up(KIM)
    factors.expire(Instant(130.1), Seconds(30.0))
    factors.settle(KIM, KIMS, RULE, Instant(101.0))
    assert factors.confirmed == {}


def test_an_entry_is_never_shown() -> None:
    assert "2468" not in f"{pin('2468', 100.0)!r} {[pin('2468', 100.0)]}"
