"""Known answer: what an embedder says of the drawn face, and whether it still does.

The answer is written into the pack where the pack is built and its networks are held against their
originals. How far it may depart: the runtimes agree to a cosine of 0.99995 over these numbers
(LiteRT with one, two and four threads, with XNNPACK, with its own kernels and with its reference
kernels, int8 among them), and int8 agrees with float32 to 0.9998. `LEAST_COSINE` allows twenty
times that, for the rounding of other processors; what is computed wrongly is off by more.
"""

import numpy as np

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace, align
from faceidd.face.drawn_face import PICTURE, DrawnFace, drawn_face
from faceidd.face.embedding import FaceEmbedder, Vector
from faceidd.face.refinement import Face
from faceidd.models.manifest import EmbedderManifest, KnownAnswer

NUMBERS = 32
"""So many of an embedding are written down; each depends on the whole network."""
LEAST_COSINE = 0.999
LENGTH = 0.02
"""How much longer or shorter the raw output may be."""


def answer_of(embedder: FaceEmbedder, manifest: EmbedderManifest) -> KnownAnswer:
    """What an embedder says, to be written down.

    Raises:
        ModelError: It failed.
    """
    said = embedder.embed(_aligned(drawn_face(), manifest))
    values = tuple(round(float(one), 6) for one in said.vector[:NUMBERS])
    return KnownAnswer(picture=PICTURE, values=values, norm=round(said.norm, 6))


def check_answer(
    embedder: FaceEmbedder, manifest: EmbedderManifest, variant: str, drawn: DrawnFace
) -> bool:
    """Ask an embedder again.

    Where the pack has no answer, or one of another picture, little is known: the face in another
    light must be more like itself than an empty picture is.

    Returns:
        Whether the pack has an answer.

    Raises:
        ModelError: It says something else, or failed.
    """
    said = embedder.embed(_aligned(drawn, manifest))
    answer = manifest.answers.get(variant)
    if answer is not None and answer.picture == PICTURE:
        near = _cosine(said.vector[: len(answer.values)], np.asarray(answer.values, np.float32))
        # Written so that NaN is refused.
        if not (near >= LEAST_COSINE and abs(said.norm - answer.norm) <= LENGTH * answer.norm):
            raise _wrong(manifest, variant, f"cosine {near:.4f}, length {said.norm:.4f}")
        return True
    darker = (drawn.image * np.float32(0.8)).astype(np.uint8)
    alike = _cosine(said.vector, embedder.embed(_aligned(drawn, manifest, darker)).vector)
    empty = np.full_like(drawn.image, 128)
    other = _cosine(said.vector, embedder.embed(_aligned(drawn, manifest, empty)).vector)
    if not alike > other:
        raise _wrong(manifest, variant, f"the face itself {alike:.4f}, nobody {other:.4f}")
    return False


def _aligned(
    drawn: DrawnFace, manifest: EmbedderManifest, image: Image | None = None
) -> AlignedFace:
    """The drawn face as it was drawn, whatever a detector would say of it."""
    face = Face(box=drawn.box, score=1.0, landmarks=drawn.landmarks, spread=0.0)
    return align(drawn.image if image is None else image, face, manifest.crop, manifest.input_px)


def _cosine(one: Vector, other: Vector) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def _wrong(manifest: EmbedderManifest, variant: str, found: str) -> ModelError:
    return ModelError(
        f"model {manifest.name} {variant} does not give the answer that is known: {found}",
        do="run `faceidd model verify`; if its files are right, the runtime or the board is not",
    )
