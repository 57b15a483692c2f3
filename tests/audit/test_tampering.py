"""Whatever is done to a log of 1,000 records is reported where it was done.

All single bits, not some of each record: `python -m support.tampering`.
"""

import random

import pytest
from support.audited import write_log
from support.tampering import (
    BITS,
    Victim,
    cut_is_found,
    deletion_is_found,
    flip_is_found,
    swap_is_found,
)

RECORDS = 1000
FLIPS = 3
"""Flipped bits a record."""


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Victim:
    folder = tmp_path_factory.mktemp("log") / "audit"
    log = write_log(folder, RECORDS)
    return Victim(next(folder.glob("*.jsonl")).read_bytes(), log.last)


def test_what_was_not_spoiled_is_right(victim: Victim) -> None:
    assert victim.found(victim.lines) is None


def test_flipped_bits_are_found_in_their_record(victim: Victim) -> None:
    draw = random.Random(7)  # noqa: S311 - no secret
    for line in range(RECORDS):
        begin, end = victim.begin(line), victim.begin(line + 1)
        for _ in range(FLIPS):
            byte, bit = draw.randrange(begin, end), draw.randrange(BITS)
            assert flip_is_found(victim, byte, bit), (byte, bit)


@pytest.mark.parametrize("line", [0, 1, 500, RECORDS - 1])
def test_each_bit_of_a_record_counts(victim: Victim, line: int) -> None:
    for byte in range(victim.begin(line), victim.begin(line + 1)):
        for bit in range(0, BITS, 3):
            assert flip_is_found(victim, byte, bit), (byte, bit)


def test_each_deleted_record_is_missed(victim: Victim) -> None:
    assert all(deletion_is_found(victim, line) for line in range(RECORDS))


def test_each_swap_of_neighbors_is_found(victim: Victim) -> None:
    assert all(swap_is_found(victim, line) for line in range(RECORDS - 1))


def test_each_truncation_is_found_at_the_record_it_hits(victim: Victim) -> None:
    for line in range(RECORDS):
        begin, end = victim.begin(line), victim.begin(line + 1)
        for byte in (begin, begin + 1, (begin + end) // 2, end - 1):
            assert cut_is_found(victim, byte), byte
