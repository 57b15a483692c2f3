"""Provenance: what a calibration rests on, told with it; no identities and no paths."""

import hashlib
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from faceidd.face.quality_gate import Limits
from faceidd.gallery.scale import Normalization
from faceidd.models.manifest import CropRule

Text = Annotated[str, Field(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MOST_ROWS = 10_000


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CellRecord(_Record):
    """What was measured on the people of one set and group, at the calibration's threshold."""

    set: Text
    group: Text
    kind: Literal["single", "fused", "search", "fused_search"]
    """Photo with photo, several fused with several others; or either, searched in a gallery."""
    people: Count
    faces: Count
    trials: Count
    """Comparisons of two people, or searches for somebody who is not enrolled."""
    accepted: Count
    low: Share
    """Clopper-Pearson bounds of their share, two-sided, 95 %, as if trials were independent."""
    high: Share
    threshold: float
    """What this cell alone asks for."""
    genuine: Count
    """Comparisons of one person."""
    refused: Count

    @property
    def fmr(self) -> float:
        """Share of the trials accepted: FMR, or FPIR of a search; 0 without trials."""
        return self.accepted / self.trials if self.trials else 0.0

    @property
    def fnmr(self) -> float | None:
        """Share of the genuine comparisons refused; None without any."""
        return self.refused / self.genuine if self.genuine else None


class GroupRecord(_Record):
    """Whether a group's comparisons are enough to vouch for the target."""

    group: Text
    people: Count
    comparisons: Count
    supported: bool


class TrialRecord(_Record):
    """What one normalization would have given."""

    normalization: Normalization
    threshold: float
    fnmr: Share | None
    """Mean over the cells, at that threshold; None where nobody has two photos."""


class Target(_Record):
    """What was asked for."""

    fmr: Annotated[float, Field(gt=0, lt=1)]
    """The false match rate that ruled."""
    fpir: Annotated[float, Field(gt=0, lt=1)] | None = None
    """The false positive identification rate asked for; None where an FMR was."""
    templates: Annotated[int, Field(ge=1)] | None = None
    """Size of the gallery it is for, in templates; None where no gallery was named."""

    def expected_fpir(self) -> float | None:
        """Share of strangers' searches that the gallery will answer, were templates independent.

        1 - (1 - FMR)^N (ISO/IEC 19795-1:2021, open-set identification; Grother and others, NIST
        IR 8271). Templates that are alike make it less.
        """
        return None if self.templates is None else 1 - (1 - self.fmr) ** self.templates


def fmr_of_fpir(fpir: float, templates: int) -> float:
    """The FMR at which a gallery of so many templates has this FPIR; see `Target.expected_fpir`."""
    return float(1 - (1 - fpir) ** (1 / templates))


class Seeing(_Record):
    """What a face goes through before the model sees it; another makes other scores."""

    detector: Text
    crop_sha256: Sha256
    """Digest of the pack's crop rule."""
    limits_sha256: Sha256
    """Digest of the quality gate's limits."""

    @classmethod
    def of(cls, detector: str, rule: CropRule, limits: Limits) -> "Seeing":
        """Note it."""
        return cls(
            detector=detector,
            crop_sha256=_sha256(rule.model_dump_json()),
            limits_sha256=_sha256(repr(limits)),
        )

    def same_faces(self, other: "Seeing") -> bool:
        """Whether faces are cut and let through alike; the detector only proposes them."""
        mine = (self.crop_sha256, self.limits_sha256)
        return mine == (other.crop_sha256, other.limits_sha256)

    def differences(self, other: "Seeing") -> tuple[str, ...]:
        """What is not the same in another, in words for a log."""
        words = {
            f"the detector ({self.detector}, {other.detector})": self.detector == other.detector,
            "the crop rule": self.crop_sha256 == other.crop_sha256,
            "the limits of quality": self.limits_sha256 == other.limits_sha256,
        }
        return tuple(word for word, same in words.items() if not same)


class Provenance(_Record):
    """What a calibration rests on."""

    made_at: AwareDatetime
    version: Text
    """Of faceidd."""
    model_name: Text
    """Pack and variant, `facenet int8`."""
    seeing: Seeing
    frames: Annotated[int, Field(ge=1)]
    """How many photos a fused face is of."""
    target: Target
    people: Count
    photos: Count
    low: float
    """Where the threshold would lie with other people of the same kind: 5 % lie below this."""
    high: float
    """5 % lie above this; it is the threshold of the ruling cell."""
    ruled_by: Text
    cells: Annotated[tuple[CellRecord, ...], Field(max_length=MOST_ROWS)]
    groups: Annotated[tuple[GroupRecord, ...], Field(max_length=MOST_ROWS)]
    tried: tuple[TrialRecord, ...]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
