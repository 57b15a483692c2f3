"""Scale: what a score is measured in, so that no threshold is held against another kind of it."""

from dataclasses import dataclass
from enum import StrEnum

from faceidd.gallery.metric import Metric, Values


class Normalization(StrEnum):
    """What a cohort of strangers does to a score before it is compared."""

    NONE = "none"
    CENTERING = "centering"
    S_NORM = "s_norm"


@dataclass(frozen=True, slots=True)
class Scale:
    """A metric and the normalization of its values."""

    metric: Metric = Metric.COSINE
    normalization: Normalization = Normalization.NONE

    @property
    def greater_is_closer(self) -> bool:
        """True for a similarity, False for a distance; normalized scores are similarities."""
        return self.normalization is Normalization.S_NORM or self.metric.greater_is_closer

    def closeness(self, values: Values) -> Values:
        """Values signed so that greater is closer."""
        return values if self.greater_is_closer else -values

    def __str__(self) -> str:
        """As people read it: `cosine`, or `cosine, s_norm`."""
        if self.normalization is Normalization.NONE:
            return self.metric.value
        return f"{self.metric}, {self.normalization}"
