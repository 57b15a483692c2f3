"""The criterion: what scores are measured in, and which are accepted."""

from dataclasses import dataclass

from faceidd.evaluation.errors import EvaluationError
from faceidd.gallery.calibration import Calibration
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale
from faceidd.models.manifest import EmbedderManifest


@dataclass(frozen=True, slots=True)
class Criterion:
    """A scale and a threshold on it.

    Attributes:
        scale: What scores are measured in.
        threshold: Least similarity, or greatest distance, accepted; None where none is known.
        origin: Where the threshold comes from, as people read it.
    """

    scale: Scale
    threshold: float | None
    origin: str

    @property
    def closeness(self) -> float | None:
        """The threshold signed so that greater is closer."""
        return None if self.threshold is None else self.value(self.threshold)

    def value(self, closeness: float) -> float:
        """A closeness on the scale, or the other way round: a distance is a negative closeness."""
        return closeness if self.scale.greater_is_closer else -closeness

    def accepts(self, value: float) -> bool | None:
        """Whether a score on the scale is accepted; None where no threshold is known."""
        return None if self.closeness is None else self.value(value) >= self.closeness


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user named; None leaves it to the calibration, or else to the pack."""

    metric: Metric | None = None
    normalization: Normalization | None = None
    threshold: float | None = None


def criterion_for(
    wish: Wish, manifest: EmbedderManifest, calibration: Calibration | None, *, own_cohort: bool
) -> Criterion:
    """Choose the scale and its threshold.

    The calibration beside the pack rules, or else the pack's threshold. A threshold never rules on
    another scale than its own: where none is known there is none.

    Args:
        wish: What the user named.
        manifest: The pack's.
        calibration: What lies beside the pack, if something does.
        own_cohort: Whether the user named a cohort, which asks for `s_norm` where no other
            normalization is named.

    Raises:
        EvaluationError: The normalization needs a cohort, and neither the user nor the calibration
            has one; or the user named a cohort, and a scale that needs none.
    """
    found = calibration.scale if calibration else Scale()
    metric = wish.metric or found.metric
    normalization = wish.normalization or found.normalization
    if wish.normalization is None and own_cohort and normalization is Normalization.NONE:
        normalization = Normalization.S_NORM
    scale = Scale(metric, normalization)
    cohort = own_cohort or (calibration is not None and calibration.cohort is not None)
    if normalization is Normalization.NONE and own_cohort:
        raise EvaluationError(
            "a cohort is named, and no score is normalized by it",
            do="name a normalization too, or no cohort",
        )
    if normalization is not Normalization.NONE and not cohort:
        raise EvaluationError(
            f"{normalization} needs a cohort of strangers, and there is none",
            do="name one with --cohort, or run `faceidd calibrate`",
        )
    if wish.threshold is not None:
        return Criterion(scale, wish.threshold, "named by the user")
    if calibration is not None and calibration.scale == scale:
        return Criterion(scale, calibration.threshold, "the calibration beside the pack")
    if normalization is Normalization.NONE:
        thresholds = {Metric(name): value for name, value in manifest.thresholds.items()}
        return Criterion(scale, thresholds[metric], "the pack's manifest")
    return Criterion(scale, None, "none is known on this scale")
