"""Limits: how much a sync may take of anything."""

from dataclasses import dataclass

from faceidd.units import Seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one sync.

    Attributes:
        connect_timeout: For reaching the server, and for agreeing on encryption.
        read_timeout: Longest silence of the server.
        total: For the whole sync, waits between tries included.
        least_speed: Bytes a second that a download must come with, once it took `SPEED_GRACE`.
        tries: How often one file is asked for before the sync gives up.
        most_bytes: Size of the largest gallery or model pack that is fetched.
    """

    connect_timeout: Seconds
    read_timeout: Seconds
    total: Seconds
    least_speed: int
    tries: int
    most_bytes: int


SPEED_GRACE = Seconds(10.0)
"""A download is not called slow before it took so long."""
RETRY_MIN, RETRY_MAX = Seconds(1.0), Seconds(30.0)
"""Pauses between tries double from the first to the second."""
MOST_SMALL_BYTES = 64 * 1024
"""Size of the largest assignment or edition document."""
