"""Unwritten: events that wait in memory for the disk, bounded in number. Pure; for one lock.

Whoever can make a door tell much, as with commands that it refuses, must not drive the silent
alarm out.
"""

from collections.abc import Collection
from dataclasses import replace

from faceidd.events.entry import Entry, Moment
from faceidd.events.envelope import Worth
from faceidd.units import Seconds


class Unwritten:
    """Events in the order of their numbers, the oldest of too many dropped, silent alarms last.

    Args:
        most: How many can wait.
    """

    def __init__(self, most: int) -> None:
        self._entries: dict[str, Entry] = {}
        self._most = most

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them."""
        return tuple(self._entries.values())

    def add(self, entry: Entry) -> Entry | None:
        """Let an event wait behind all others; gives the one that had to go for it, if any."""
        self._entries[entry.id] = entry
        if len(self._entries) <= self._most:
            return None
        others = (one for one in self._entries.values() if one.worth is not Worth.ALARM)
        return self._entries.pop(next(others, next(iter(self._entries.values()))).id)

    def remove(self, entries: Collection[Entry]) -> None:
        """Let go of events that were written, and of none that was told meanwhile."""
        for entry in entries:
            self._entries.pop(entry.id, None)

    def forget(self, event: str, bits: int) -> bool:
        """Let go of an event as far as it was told; says whether it was here."""
        entry = self._entries.get(event)
        if entry is None:
            return False
        owed = entry.owed & ~bits
        if owed:
            self._entries[event] = replace(entry, owed=owed)
        else:
            del self._entries[event]
        return True

    def next(self, bit: int, after: int, *, alarms: bool) -> Entry | None:
        """As `OutboxFile.next`."""
        for entry in self._entries.values():
            is_alarm = entry.worth is Worth.ALARM
            if entry.number > after and entry.owed & bit and is_alarm is alarms:
                return entry
        return None

    def drop_old(self, now: Moment, keep: Seconds) -> list[int]:
        """As `OutboxFile.drop_old`; what is worth nothing any more goes too, uncounted."""
        old = [one for one in self._entries.values() if one.age(now) > keep]
        lapsed = [one for one in self._entries.values() if one.has_lapsed(now)]
        self.remove(old + lapsed)
        return [one.owed for one in old]

    def follow(self, number: int) -> None:
        """Number all events anew, after this one."""
        entries = self._entries.values()
        self._entries = {
            one.id: replace(one, number=place) for place, one in enumerate(entries, number + 1)
        }
