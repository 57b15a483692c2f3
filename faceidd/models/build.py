"""The registry of packs that `faceidd model build` can make."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from faceidd.models.detectors import build_blazeface, build_mtcnn
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
"""Pack name -> its builder; the one that needs npm comes last."""
