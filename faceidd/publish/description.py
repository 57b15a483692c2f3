"""Description: what metadata says, for people who are about to sign it."""

from collections.abc import Iterator
from typing import Any

from tuf.api.metadata import Metadata, Root, Targets

from faceidd.publish.settings import ROLES
from faceidd.publish.signing_key import key_name


def describe(metadata: Metadata[Any]) -> tuple[str, ...]:
    """What metadata says, line by line.

    Args:
        metadata: A root or targets.
    """
    signed = metadata.signed
    head = f"{signed.type} {signed.version}, holds until {signed.expires:%Y-%m-%d %H:%M} UTC"
    lines: Iterator[str] = iter(())
    if isinstance(signed, Root):
        lines = _root(signed)
    elif isinstance(signed, Targets):
        lines = _targets(signed)
    names = [one[:12] for one in metadata.signatures]
    return (head, *lines, f"signed by {', '.join(names) or 'nobody'}")


def _root(root: Root) -> Iterator[str]:
    for role in ROLES:
        known = root.roles[role]
        names = (f"{key_name(root.keys[one])} ({one[:12]})" for one in known.keyids)
        yield f"  {role}: {known.threshold} of {', '.join(names)}"


def _targets(targets: Targets) -> Iterator[str]:
    for folder in ("doors", "editions", "galleries", "packs"):
        some = [one for path, one in targets.targets.items() if path.startswith(f"{folder}/")]
        yield f"  {folder}: {len(some)} files, {sum(one.length for one in some)} bytes"
