"""How sure a counted share is: exact binomial confidence bounds."""

from dataclasses import dataclass

from scipy.stats import beta

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of trials, with its bounds at `LEVEL`.

    The bounds are those of independent trials. Comparisons share photos and people, so that the
    truth is less certain than the bounds say; how many people stand behind a rate is told with it.

    Attributes:
        errors: How often it happened.
        trials: How often it could have.
        low: Least share that would not make the count surprising, 0..1.
        high: Greatest such share.
    """

    errors: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share, 0..1.

        Raises:
            ZeroDivisionError: There was no trial.
        """
        return self.errors / self.trials


def rate(errors: int, trials: int) -> Rate:
    """Give a count its bounds.

    Clopper and Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
    Binomial", 1934.

    Args:
        errors: How often it happened.
        trials: How often it could have; of none, nothing is known.

    Raises:
        ValueError: There are more errors than trials, or less than none.
    """
    if not 0 <= errors <= trials:
        raise ValueError(f"{errors} errors in {trials} trials")
    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, errors, trials - errors + 1)) if errors else 0.0
    high = float(beta.ppf(1 - tail, errors + 1, trials - errors)) if errors < trials else 1.0
    return Rate(errors, trials, low, high)


def pooled(rates: list[Rate]) -> Rate:
    """The rate of several counts together."""
    return rate(sum(one.errors for one in rates), sum(one.trials for one in rates))
