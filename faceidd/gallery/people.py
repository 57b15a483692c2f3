"""People of a file: each is made when it is asked for, so that opening a hundred thousand is quick.

They lie in tables: all texts after each other, each distinct one once, and numbers that say whose
they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from operator import lt
from typing import overload

import numpy as np
from numpy.typing import NDArray

from faceidd.gallery.consent import Consent
from faceidd.gallery.person import MOST_GROUPS, MOST_LETTERS, Person
from faceidd.gallery.sealed import Tables, table

ID, NAME, CONSENT_BY, CONSENT_TEXT = range(4)
"""Columns of the table `people`: numbers of texts; -1 is none."""
VALID_FROM, EXPIRES_AT, CONSENT_AT = range(3)
"""Columns of the table `moments`: microseconds since 1970 in UTC; `NEVER` is none."""
NEVER = -(1 << 63)

_NOBODY = -1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _TICK
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _TICK
_LEAD, _FOLLOWS = 0xC0, 0x80
"""How a byte of UTF-8 that begins no letter looks, under a mask."""


class People(Sequence[Person]):
    """People in the order of their ids.

    Args:
        tables: As `tabulated` makes them.

    Raises:
        ValueError: The tables do not fit together, or people are not in the order of their ids.
        KeyError: A table is missing.
    """

    def __init__(self, tables: Tables) -> None:
        self._texts = _Texts(tables["texts"], tables["text_ends"])
        self._people = table(tables["people"], np.int32, 2)
        self._moments = table(tables["moments"], np.int64, 2)
        self._groups = table(tables["groups"], np.int32, 1)
        self._group_ends = table(tables["group_ends"], np.int64, 1)
        if (self._people.shape[1], self._moments.shape[1]) != (4, 3):
            raise ValueError("the tables of its people have other columns")
        self._require_fit()
        self._ids = self._texts.encoded(self._people[:, ID])
        if not all(map(lt, self._ids, self._ids[1:])):  # in UTF-8 the order is the same
            raise ValueError("people stand in it twice, or not in the order of their ids")

    @property
    def ids(self) -> list[str]:
        """Everybody's id, ascending."""
        return [one.decode() for one in self._ids]

    def __len__(self) -> int:
        return len(self._people)

    @overload
    def __getitem__(self, at: int) -> Person: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Person, ...]: ...
    def __getitem__(self, at: int | slice) -> Person | tuple[Person, ...]:
        if isinstance(at, slice):
            return tuple(self._person(place) for place in range(*at.indices(len(self))))
        return self._person(range(len(self))[at])

    def __iter__(self) -> Iterator[Person]:
        return map(self._person, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (tuple, People)):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]  # what is equal to a tuple would need its hash

    def _person(self, place: int) -> Person:
        texts, numbers = self._texts, self._people[place].tolist()
        valid_from, expires_at, consented = map(_moment, self._moments[place].tolist())
        begin = int(self._group_ends[place - 1]) if place else 0
        groups = self._groups[begin : int(self._group_ends[place])].tolist()
        consent = None
        if consented is not None:
            consent = Consent(texts[numbers[CONSENT_BY]], consented, texts[numbers[CONSENT_TEXT]])
        return Person(
            self._ids[place].decode(),
            texts[numbers[NAME]],
            groups=tuple(texts[number] for number in groups),
            valid_from=valid_from,
            expires_at=expires_at,
            consent=consent,
        )

    def _require_fit(self) -> None:
        size, texts = len(self._people), len(self._texts)
        named, consents = self._people[:, : NAME + 1], self._people[:, CONSENT_BY:]
        moments = self._moments[self._moments != NEVER]
        consented = self._moments[:, CONSENT_AT, None] != NEVER
        fits = (
            {len(self._moments), len(self._group_ends)} == {size}
            and ((named >= 0) & (named < texts)).all()
            and ((consents >= np.where(consented, 0, _NOBODY)) & (consents < texts)).all()
            and ((consents == _NOBODY) | consented).all()
            and are_ends(self._group_ends, len(self._groups), least=0, most=MOST_GROUPS)
            and ((self._groups >= 0) & (self._groups < texts)).all()
            and ((moments >= _FIRST) & (moments <= _LAST)).all()
        )
        if not fits:
            raise ValueError("the tables of its people do not fit together")


def tabulated(people: Iterable[Person]) -> Tables:
    """People as tables.

    Raises:
        ValueError: A text is empty, too long, or not Unicode, or somebody has too many groups.
    """
    texts: dict[str, int] = {}
    numbers: list[list[int]] = []
    moments: list[list[int]] = []
    groups: list[int] = []
    group_ends: list[int] = []
    for one in people:
        consent = one.consent
        said = () if consent is None else (consent.by, consent.text_version)
        row = [texts.setdefault(text, len(texts)) for text in (one.id, one.name, *said)]
        numbers.append(row if said else [*row, _NOBODY, _NOBODY])
        at = None if consent is None else consent.recorded_at
        moments.append([_ticks(one.valid_from), _ticks(one.expires_at), _ticks(at)])
        if len(one.groups) > MOST_GROUPS:
            raise ValueError(f"{one.id} has more than {MOST_GROUPS} groups")
        groups += [texts.setdefault(text, len(texts)) for text in one.groups]
        group_ends.append(len(groups))
    if not all(0 < len(text) <= MOST_LETTERS for text in texts):
        raise ValueError("a text is empty or too long")
    encoded = [text.encode() for text in texts]
    return {
        "texts": np.frombuffer(b"".join(encoded), np.uint8),
        "text_ends": np.cumsum([len(one) for one in encoded], dtype=np.int64),
        "people": np.array(numbers, np.int32).reshape(-1, 4),
        "moments": np.array(moments, np.int64).reshape(-1, 3),
        "groups": np.array(groups, np.int32),
        "group_ends": np.array(group_ends, np.int64),
    }


def are_ends(
    ends: NDArray[np.int64], last: int, *, least: int = 1, most: int | None = None
) -> bool:
    """Whether some numbers say where each part of a whole ends.

    Args:
        ends: int64 (N,).
        last: Length of the whole.
        least: Length of the shortest part, 0 or 1.
        most: Length of the longest; None is any.
    """
    if not len(ends):
        return last == 0
    # Compared first: a difference could run over.
    ascends = (ends[1:] >= ends[:-1]).all() and ends[0] >= 0 and ends[-1] == last
    lengths = np.diff(ends, prepend=0) if ascends else np.array([-1])
    return bool((lengths >= least).all() and (most is None or (lengths <= most).all()))


class _Texts:
    """Texts that are decoded when they are asked for.

    Raises:
        ValueError: They are not UTF-8, or one is empty or too long.
    """

    def __init__(self, letters: NDArray[np.generic], ends: NDArray[np.generic]) -> None:
        letters, self._ends = table(letters, np.uint8, 1), table(ends, np.int64, 1)
        self._letters = letters.tobytes()
        self._letters.decode()
        if not are_ends(self._ends, len(letters)):
            raise ValueError("its texts do not end where it says")
        self._begins = np.concatenate([[0], self._ends[:-1]])[: len(self._ends)]
        if ((letters[self._begins] & _LEAD) == _FOLLOWS).any():
            raise ValueError("one of its texts begins within a letter")
        long = np.flatnonzero(self._ends - self._begins > MOST_LETTERS)
        if any(len(self[place]) > MOST_LETTERS for place in long.tolist()):
            raise ValueError("one of its texts is too long")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> str:
        return self._letters[self._begins[number] : self._ends[number]].decode()

    def encoded(self, numbers: NDArray[np.int32]) -> list[bytes]:
        """Several of them, in UTF-8."""
        letters = self._letters
        begins, ends = self._begins[numbers].tolist(), self._ends[numbers].tolist()
        return [letters[begin:end] for begin, end in zip(begins, ends, strict=True)]


def _ticks(moment: datetime | None) -> int:
    return NEVER if moment is None else (moment - _EPOCH) // _TICK


def _moment(ticks: int) -> datetime | None:
    return None if ticks == NEVER else _EPOCH + ticks * _TICK
