"""The model that `faceidd eval` measures, as the door runs it, with its cohort and threshold."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from faceidd import __version__
from faceidd.cli.model_options import model_config
from faceidd.cli.user_cache import embeddings_cache
from faceidd.daemon.config import Config
from faceidd.daemon.recognition import Model, build_model
from faceidd.evaluation.calibration_people import Crowd, strangers
from faceidd.evaluation.criterion import Criterion, Wish, criterion_for
from faceidd.evaluation.embedded import Embedded, embed_photos
from faceidd.evaluation.figures import Figures
from faceidd.evaluation.labeled import LabeledPhoto, read_photos
from faceidd.gallery.calibration import Calibration, calibration_path, load_calibration
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Normalization
from faceidd.gallery.scoring import Cohort, Scorer

LISTED = 20
"""Unreadable photos named on the terminal."""


@dataclass(frozen=True, slots=True, eq=False)
class NamedCohort:
    """A cohort and where it comes from.

    Attributes:
        cohort: The strangers.
        source: Where they come from, as people read it.
        photos: The photos it was made of, where the user named them.
    """

    cohort: Cohort
    source: str
    photos: Embedded | None


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The model that is measured, and what was named on the command line.

    Attributes:
        args: What was named.
        config: The configuration with that put in.
        model: The model.
        calibration: What lies beside its pack, if something does.
    """

    args: argparse.Namespace
    config: Config
    model: Model
    calibration: Calibration | None

    @classmethod
    def of(cls, args: argparse.Namespace) -> "Measured":
        """Build the model that the command line and the configuration name.

        Raises:
            ConfigError: The configuration cannot be read.
            ModelError: The model cannot be built.
            GalleryError: The calibration beside the pack is damaged, or of another model.
        """
        config = model_config(args)
        model = build_model(config)
        models = config.models
        file = calibration_path(models.dir, models.embedder, models.variant)
        calibration = load_calibration(file) if file.exists() else None
        if calibration is not None:
            one = model.recognizer
            calibration.require_model(one.model_id, model.name)
            calibration.require_seeing(Seeing.of(one.detector.name, one.rule, one.gate.limits))
        return cls(args, config, model, calibration)

    def embed(self, photos: Sequence[LabeledPhoto], *, gate: bool) -> Embedded:
        """Embed photos, and tell which cannot be read.

        Args:
            photos: The photos.
            gate: Whether the quality gate is asked.
        """
        args = self.args
        cache = None if args.no_cache else args.cache or embeddings_cache()
        embedded = embed_photos(
            photos, self.model.recognizer, cache=cache, gate=gate, progress=args.progress
        )
        _tell_unreadable(embedded)
        return embedded

    def cohort(self, criterion: Criterion) -> NamedCohort | None:
        """The cohort that was named, or else the calibration's; None where the scale needs none."""
        path = self.args.cohort
        if criterion.scale.normalization is Normalization.NONE:
            return None
        if path is not None:
            return self.cohort_of(self.embed(read_photos(path), gate=True), str(path))
        if self.calibration is None or self.calibration.cohort is None:
            return None
        return NamedCohort(self.calibration.cohort, "the calibration beside the pack", None)

    def cohort_of(self, photos: Embedded, source: str) -> NamedCohort:
        """Make a cohort of photos.

        Raises:
            GalleryError: They show too few people.
        """
        chosen = strangers(Crowd.of(photos))
        model_id = self.model.recognizer.model_id
        return NamedCohort(Cohort(model_id, chosen.vectors, chosen.norms), source, photos)

    def criterion(self) -> Criterion:
        """Whose threshold rules, on which scale."""
        args = self.args
        wish = Wish(
            Metric(args.metric) if args.metric else None,
            Normalization(args.normalization) if args.normalization else None,
            args.threshold,
        )
        own = args.cohort is not None
        return criterion_for(wish, self.model.manifest, self.calibration, own_cohort=own)

    def scorer(self, criterion: Criterion, cohort: NamedCohort | None) -> Scorer:
        """What scores are measured in."""
        return Scorer(criterion.scale, None if cohort is None else cohort.cohort)

    def head(self, title: str, source: str, criterion: Criterion, *, gate: bool) -> Figures:
        """What was measured how, as plain data."""
        recognizer = self.model.recognizer
        return {
            "title": title,
            "version": __version__,
            "made_at": datetime.now(UTC).isoformat(" ", "seconds"),
            "source": source,
            "model": {
                "name": self.model.name,
                "model_id": recognizer.model_id,
                "detector": recognizer.detector.name,
                "min_face_px": self.config.detector.min_face_px,
                "gate": gate,
            },
            "operating_point": {
                "scale": str(criterion.scale),
                "metric": criterion.scale.metric.value,
                "normalization": criterion.scale.normalization.value,
                "threshold": criterion.threshold,
                "origin": criterion.origin,
            },
        }


def _tell_unreadable(embedded: Embedded) -> None:
    faulty = [one for one in embedded.refused if one.reason in {"missing", "unreadable"}]
    for one in faulty[:LISTED]:
        print(f"{one.reason}: {one.photo.path}")
    if len(faulty) > LISTED:
        print(f"... and {len(faulty) - LISTED} more")
