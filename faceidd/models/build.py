"""The registry of packs that `faceidd model build` can make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from faceidd.errors import ModelError
from faceidd.models import archives, sface
from faceidd.models.conversion import VARIANTS, Variant
from faceidd.models.deepface import build_deepface
from faceidd.models.deepface_models import DEEPFACE_MODELS, DeepFaceNormalization
from faceidd.models.detectors import build_blazeface, build_mtcnn
from faceidd.models.dlib import build_dlib
from faceidd.models.facenet import build_facenet
from faceidd.models.mobilefacenet import build_mobilefacenet
from faceidd.models.sources import Sources

Builder = Callable[[Path, Sources], Path]
"""(folder of packs, sources) -> the pack's folder; raises ModelError and then wrote nothing."""

BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {
        "blazeface": build_blazeface,
        "facenet": build_facenet,
        "mtcnn": build_mtcnn,
        "mobilefacenet": build_mobilefacenet,
    }
)
"""Pack name -> its builder, of all that a door may need; the one that needs npm comes last."""

CHOSEN: Mapping[str, Builder] = MappingProxyType({"dlib": build_dlib, "sface": sface.build_sface})
"""Pack name -> its builder, of those that are built only when they are named."""

DEEPFACE = "deepface:"
"""What goes before DeepFace's name for a model."""
_APART: Mapping[str, str] = MappingProxyType({"Dlib": "dlib", "SFace": "sface"})
"""DeepFace's name of a model that is not Keras's -> its pack."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be built.

    Attributes:
        name: What to call it to build it.
        pack: What the pack is called.
        origin: The archive that its weights are taken from, or where to download them.
        terms: Their license.
    """

    name: str
    pack: str
    origin: str
    terms: str


def offers() -> tuple[Offer, ...]:
    """All that can be built."""
    taken = (
        ("blazeface", archives.BLAZEFACE, "Apache-2.0"),
        ("facenet", archives.FACENET, "MIT"),
        ("mtcnn", archives.MTCNN, "MIT"),
        ("mobilefacenet", archives.MOBILEFACENET, "MIT"),
        ("dlib", archives.DLIB, "CC0-1.0"),
    )
    return (
        *(Offer(name, name, archive.distribution, terms) for name, archive, terms in taken),
        Offer("sface", "sface", sface.PUBLISHED, sface.TERMS),
        *(
            Offer(f"{DEEPFACE}{model.name}", model.pack, model.published, model.terms)
            for model in DEEPFACE_MODELS.values()
        ),
    )


def find_builder(
    name: str,
    *,
    variants: Sequence[Variant] | None = None,
    normalization: DeepFaceNormalization | None = None,
) -> Builder:
    """Find what builds a pack.

    Args:
        name: A pack's name, or `deepface:` and DeepFace's name for a model, in any case.
        variants: Of a model of DeepFace's, which to build; none means all.
        normalization: How a model of DeepFace's is fed; none means as DeepFace does by default.

    Raises:
        ModelError: There is no such pack, or it leaves no such choice.
    """
    known = {_key(model): model for model in (*DEEPFACE_MODELS, *_APART)}
    spelled = known.get(_key(name.removeprefix(DEEPFACE))) if name.startswith(DEEPFACE) else None
    if spelled is not None and spelled in DEEPFACE_MODELS:
        return partial(
            build_deepface,
            spelled,
            variants=variants or VARIANTS,
            normalization=normalization or "base",
        )
    builder = {**BUILDERS, **CHOSEN}.get(_APART.get(spelled, name) if spelled else name)
    if builder is None:
        every = (*BUILDERS, *CHOSEN, *(f"{DEEPFACE}{model}" for model in known.values()))
        raise ModelError(
            f"no model pack {name} can be built", do=f"name one of: {', '.join((*every, 'all'))}"
        )
    if variants or normalization:
        raise ModelError(
            f"{name} is built in one way only",
            do="leave out --variant and --normalization",
        )
    return builder


def _key(name: str) -> str:
    return name.casefold()
