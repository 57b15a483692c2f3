"""A publisher's folder with keys, doors with keys of their own, and TUF's real client."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from support.people import MODEL, embedding, gallery
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from faceidd.gallery.gallery import Gallery
from faceidd.publish.advance import Advanced, advance
from faceidd.publish.edition import Edition
from faceidd.publish.folder import PublishFolder
from faceidd.publish.keyring import Keyring
from faceidd.publish.passphrase import Passphrases
from faceidd.publish.publication import Order, Publication, publish
from faceidd.publish.roots import begin
from faceidd.publish.settings import RoleName, Settings
from faceidd.publish.signing_key import PublicKey, named
from faceidd.store.door_record import DoorRecord

SIGNING_KEY = "A" * 43 + "="
NOW = datetime.now(UTC).replace(microsecond=0)


class OpenKeys(Keyring):
    """Keys at hand whose passphrases were given.

    Args:
        signers: The keys.
    """

    def __init__(self, signers: Sequence[CryptoSigner]) -> None:
        super().__init__((), Passphrases())
        self._opened = {one.public_key.keyid: one for one in signers}


@dataclass
class Publisher:
    """A publisher at work.

    Attributes:
        folder: Their folder.
        now: What their clock says.
        signers: All keys by their names.
    """

    folder: PublishFolder
    now: datetime = NOW
    signers: dict[str, CryptoSigner] = field(default_factory=dict)

    def keyring(self, *names: str) -> Keyring:
        """Some of the keys, or all."""
        return OpenKeys([self.signers[name] for name in names or self.signers])

    def key(self, name: str) -> PublicKey:
        """The public half of a key, that is drawn if there is none of this name."""
        if name not in self.signers:
            private = Ed25519PrivateKey.generate()
            self.signers[name] = CryptoSigner(private, named(private.public_key(), name).key)
        return PublicKey(name, self.signers[name].public_key)

    def advance(self, *names: str, renew: bool = False) -> Advanced:
        """Sign and place what waits, with some keys or all."""
        with self.folder.locked():
            return advance(self.folder, self.keyring(*names), self.now, renew=renew)

    def publish(self, *editions: Edition, keys: Sequence[str] = (), **order: object) -> Publication:
        """Publish these editions, and nothing else."""
        wanted = replace(Order(editions, lambda _: ()), **order)  # type: ignore[arg-type]  # as Order has it
        with self.folder.locked():
            return publish(self.folder, wanted, self.keyring(*keys), self.now)

    def first_root(self) -> bytes:
        """What a door trusts from the start."""
        return (self.folder.metadata / "1.root.json").read_bytes()


def make_publisher(path: Path, thresholds: Mapping[RoleName, int] | None = None) -> Publisher:
    """A publisher whose first root is served.

    Args:
        path: Where their folder is made.
        thresholds: Role -> how many keys must sign, over 2 for the root and 1 for the others.
    """
    folder = PublishFolder(path)
    folder.make(Settings())
    publisher = Publisher(folder)
    online = [publisher.key("online-1")]
    roots = [publisher.key(f"root-{number}") for number in (1, 2, 3)]
    targets = [publisher.key(f"targets-{number}") for number in (1, 2)]
    begin(
        folder,
        {"root": roots, "targets": targets, "snapshot": online, "timestamp": online},
        {"root": 2, "targets": 1, "snapshot": 1, "timestamp": 1, **(thresholds or {})},
        publisher.now,
    )
    publisher.advance()
    return publisher


@dataclass
class Door:
    """A door with a key, and what it remembers of a repository.

    Attributes:
        folder: Where it remembers.
        record: As the register has it.
        identity: Its key.
    """

    folder: Path
    record: DoorRecord
    identity: pyrage.x25519.Identity = field(repr=False)

    def updater(self, publisher: Publisher, fetcher: FetcherInterface | None = None) -> Updater:
        """TUF's client, which has verified all metadata."""
        for part in ("metadata", "targets"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        updater = Updater(
            str(self.folder / "metadata"),
            "http://localhost/metadata/",
            str(self.folder / "targets"),
            "http://localhost/targets/",
            fetcher=fetcher or FolderFetcher(publisher.folder.public),
            bootstrap=publisher.first_root(),
        )
        updater.refresh()
        return updater

    def read(self, updater: Updater, target: str) -> bytes:
        """A target, decrypted where it is encrypted."""
        info = updater.get_targetinfo(target)
        assert info is not None, target
        content = Path(updater.download_target(info)).read_bytes()
        return pyrage.decrypt(content, [self.identity]) if target.endswith(".age") else content


class FolderFetcher(FetcherInterface):
    """Serves a folder to TUF's client.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = self._folder / urlsplit(url).path.removeprefix("/")
        if not path.is_file():
            raise DownloadHTTPError("not there", 404)
        yield path.read_bytes()


def make_door(
    folder: Path, name: str, *, site: str = "seoul", groups: tuple[str, ...] = ("staff",)
) -> Door:
    """A door whose key was just drawn."""
    identity = pyrage.x25519.Identity.generate()
    record = DoorRecord(
        id=name,
        site=site,
        groups=groups,
        recipient=str(identity.to_public()),
        model_id=MODEL,
        model_name="facenet int8",
        signing_key=SIGNING_KEY,
        added_at=NOW,
    )
    return Door(folder / name, record, identity)


def crowd(*names: str) -> Gallery:
    """A gallery of people, each with a face of their own."""
    faces = {name: [embedding(1.0, float(sum(name.encode())), float(len(name)))] for name in names}
    return gallery(faces)
