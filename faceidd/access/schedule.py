"""Schedule: when in a week something holds, as a clock on the wall at the door reads. Pure.

A span means what the wall clock reads, whatever the day's length: on the night when clocks are put
forward the hour that is left out does not exist, and on the night when they are put back the hour
that comes twice counts twice. Which time zone that clock keeps is the door's.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

HOLIDAY = 7
"""The day of the week that a holiday has; Monday is 0 and Sunday 6, as `date.weekday` counts."""
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Span:
    """Some hours on some days of the week.

    A span that ends no later than it begins ends on the next day. It belongs to the day on which
    it begins, also where the next day is a holiday.

    Attributes:
        days: Days of the week on which it begins, 0 to 6, and `HOLIDAY`.
        begins: Its first minute, in minutes after midnight, 0 to 1439.
        ends: The first minute after it, 1 to 1440.
    """

    days: frozenset[int]
    begins: int
    ends: int

    @property
    def wraps(self) -> bool:
        """Whether it ends on the next day."""
        return self.ends <= self.begins


@dataclass(frozen=True, slots=True)
class Schedule:
    """Spans of a week, but for holidays.

    Attributes:
        name: How people call it.
        spans: Together they are when it holds.
        holidays: Dates that are `HOLIDAY` and no day of the week.
    """

    name: str
    spans: tuple[Span, ...]
    holidays: frozenset[date]

    def began(self, reading: datetime) -> datetime | None:
        """When the span that holds now began; None if none does, the earliest if several do.

        Args:
            reading: What the clock on the wall reads, without a time zone.
        """
        today, minute = reading.date(), 60 * reading.hour + reading.minute
        begins = [_at(today, span) for span in self.spans if self._holds(span, today, minute)]
        if today > date.min:
            yesterday = today - timedelta(days=1)
            begins += [
                _at(yesterday, span)
                for span in self.spans
                if span.wraps and minute < span.ends and self._day(yesterday) in span.days
            ]
        return min(begins, default=None)

    def _holds(self, span: Span, day: date, minute: int) -> bool:
        ends = MINUTES_A_DAY if span.wraps else span.ends
        return self._day(day) in span.days and span.begins <= minute < ends

    def _day(self, day: date) -> int:
        return HOLIDAY if day in self.holidays else day.weekday()


def _at(day: date, span: Span) -> datetime:
    return datetime.combine(day, time(*divmod(span.begins, 60)))
