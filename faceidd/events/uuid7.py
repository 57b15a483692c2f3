"""UUID version 7: ids that sort by when they were made (RFC 9562, section 5.7).

Python has them from 3.14 on.
"""

import secrets
from uuid import UUID

from faceidd.clock import wall_ns

_VERSION, _VARIANT = 7, 0b10
_FRACTIONS = 1 << 12
"""The 12 bits after the milliseconds hold a fraction of one (method 3 of section 6.2)."""


def uuid7(nanoseconds: int | None = None) -> UUID:
    """Make an id; of two made a microsecond apart the later sorts after the earlier.

    Args:
        nanoseconds: When, since 1970 UTC; None is now, by the wall clock.
    """
    now = wall_ns() if nanoseconds is None else nanoseconds
    milliseconds, rest = divmod(now, 1_000_000)
    fraction = rest * _FRACTIONS // 1_000_000
    number = (milliseconds & (1 << 48) - 1) << 80
    number |= _VERSION << 76 | fraction << 64
    number |= _VARIANT << 62 | secrets.randbits(62)
    return UUID(int=number)
