"""A signed repository that a test writes and may spoil, by python-tuf's own metadata classes.

It says in few lines what `faceidd publish` does in many: documents, galleries and deltas of one
edition, encrypted to its doors, under four roles.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from faceidd.gallery.delta import make_delta
from faceidd.gallery.file import gallery_bytes
from faceidd.gallery.gallery import Gallery
from faceidd.sync.door_file import fingerprint

EDITION = "0f3a9c51d2e4b687"
KEYS = {"root": 3, "targets": 2, "snapshot": 1, "timestamp": 1}
THRESHOLDS = {"root": 2, "targets": 2, "snapshot": 1, "timestamp": 1}
YESTERDAY, TOMORROW = timedelta(days=-1), timedelta(days=1)


def in_(span: timedelta) -> datetime:
    """A moment from now."""
    return datetime.now(UTC).replace(microsecond=0) + span


class SignedRepository:
    """Metadata and targets in a folder, written anew by `publish`.

    Attributes:
        folder: What a web server serves.
        signers: Role -> whoever signs for it now.
        roles: Role -> its metadata, to be changed before `publish`.
        first_root: The root that a door is given.
        documents: What the edition says, to be spoiled before `publish`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "metadata").mkdir(parents=True)
        self.signers = {
            role: [CryptoSigner.generate_ed25519() for _ in range(count)]
            for role, count in KEYS.items()
        }
        root = Root(expires=in_(TOMORROW), consistent_snapshot=True)
        for role, signers in self.signers.items():
            for signer in signers:
                root.add_key(signer.public_key, role)
            root.roles[role].threshold = THRESHOLDS[role]
        self.roles: dict[str, Metadata[Any]] = {
            "root": Metadata(root),
            "targets": Metadata(Targets(expires=in_(TOMORROW))),
            "snapshot": Metadata(Snapshot(expires=in_(TOMORROW))),
            "timestamp": Metadata(Timestamp(expires=in_(TOMORROW))),
        }
        self.galleries: list[Gallery] = []
        self.write("root")
        self.first_root = (folder / "metadata" / "1.root.json").read_bytes()

    def put(self, name: str, content: bytes) -> Path:
        """Add a target; it is signed with the next `publish`."""
        target = TargetFile.from_data(name, content, ["sha256"])
        self.roles["targets"].signed.targets[name] = target
        return self.put_unsigned(name, content)

    def put_unsigned(self, name: str, content: bytes) -> Path:
        """Write a target's file where a door looks for it, whatever is signed."""
        path = self.folder / "targets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path = path.with_name(f"{hashlib.sha256(content).hexdigest()}.{path.name}")
        path.write_bytes(content)
        return path

    def file_of(self, name: str) -> Path:
        """The file of a signed target."""
        path = self.folder / "targets" / name
        (digest,) = self.roles["targets"].signed.targets[name].hashes.values()
        return path.with_name(f"{digest}.{path.name}")

    def edit(
        self, gallery: Gallery, doors: Sequence[str], *, deltas: int = 3, edition: str = EDITION
    ) -> dict[str, Any]:
        """Add the newest version of the edition, whole and by deltas, for doors' recipients.

        Returns:
            What the edition's document says.
        """
        keys = [pyrage.x25519.Recipient.from_str(one) for one in doors]
        plain, folder = gallery_bytes(gallery), f"galleries/{edition}"
        whole = f"{folder}/{gallery.version}.age"
        self.put(whole, pyrage.encrypt(plain, keys))
        named = []
        for old in self.galleries[-deltas:] if deltas else []:
            target = f"{folder}/{old.version}-{gallery.version}.age"
            self.put(target, pyrage.encrypt(make_delta(old, gallery), keys))
            base = hashlib.sha256(gallery_bytes(old)).hexdigest()
            named.append({"from": old.version, "base_sha256": base, "target": target})
        self.galleries.append(gallery)
        document = {
            "schema": "faceidd.edition/1",
            "edition": edition,
            "version": gallery.version,
            "published_at": in_(timedelta()).isoformat(),
            "model_id": gallery.model_id,
            "model_name": gallery.model_name,
            "gallery": {
                "target": whole,
                "sha256": hashlib.sha256(plain).hexdigest(),
                "size": len(plain),
            },
            "deltas": named,
            "pack": None,
        }
        self.put_edition(document)
        for door in doors:
            self.assign(door, edition=edition)
        return document

    def put_edition(self, document: dict[str, Any]) -> None:
        """Add an edition's document, right or wrong."""
        self.put(f"editions/{document['edition']}.json", json.dumps(document).encode())

    def assign(self, door: str, **changed: object) -> None:
        """Add a door's assignment, encrypted to it."""
        assignment = {
            "schema": "faceidd.assignment/1",
            "door": "front",
            "site": "seoul",
            "groups": ["staff"],
            "edition": EDITION,
            **changed,
        }
        key = pyrage.x25519.Recipient.from_str(door)
        content = pyrage.encrypt(json.dumps(assignment).encode(), [key])
        self.put(f"doors/{fingerprint(door)}.age", content)

    def revoke(self, door: str) -> None:
        """Take a door's assignment away."""
        del self.roles["targets"].signed.targets[f"doors/{fingerprint(door)}.age"]

    def publish(self, *roles: str) -> None:
        """Sign and write what changed: targets, snapshot and timestamp, or only some of them."""
        for role in roles or ("targets", "snapshot", "timestamp"):
            if (self.folder / "metadata" / self._name(role)).exists():
                self.roles[role].signed.version += 1
            self.write(role)

    def write(self, role: str) -> Path:
        """Sign and write one role's metadata as it is."""
        metadata = self.roles[role]
        metadata.signatures.clear()
        for signer in self.signers[role]:
            metadata.sign(signer, append=True)
        path = self.folder / "metadata" / self._name(role)
        metadata.to_file(str(path), JSONSerializer(compact=True))
        signed, content = metadata.signed, path.read_bytes()
        if role == "targets":
            self.roles["snapshot"].signed.meta["targets.json"] = _meta(signed.version, content)
        if role == "snapshot":
            self.roles["timestamp"].signed.snapshot_meta = _meta(signed.version, content)
        return path

    def rotate(self, role: str) -> None:
        """Give a role other keys, by a new root that the old root keys sign."""
        root = self.roles["root"].signed
        for signer in self.signers[role]:
            root.revoke_key(signer.public_key.keyid, role)
        self.signers[role] = [CryptoSigner.generate_ed25519() for _ in self.signers[role]]
        for signer in self.signers[role]:
            root.add_key(signer.public_key, role)
        root.version += 1
        self.write("root")

    def trust(self, file: Path, url: str, ca: str | None = None) -> Path:
        """Write what a door is given."""
        root = json.loads(self.first_root)
        text = {"schema": "faceidd.trust/1", "url": url, "ca": ca, "root": root}
        file.write_text(json.dumps(text))
        return file

    def _name(self, role: str) -> str:
        if role == "timestamp":
            return "timestamp.json"
        return f"{self.roles[role].signed.version}.{role}.json"


def _meta(version: int, content: bytes) -> MetaFile:
    digest = hashlib.sha256(content).hexdigest()
    return MetaFile(version, length=len(content), hashes={"sha256": digest})
