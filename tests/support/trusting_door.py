"""A door that was provisioned and given a trust file, and TUF's real client over the network."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import urllib3
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from faceidd.gallery.file import parse_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.sync.door_file import fingerprint


class HttpFetcher(FetcherInterface):
    """Fetches over HTTP.

    Args:
        ca: Certificates that must have signed the server's, as PEM; None trusts the system's.
    """

    def __init__(self, ca: str | None) -> None:
        self._pool = urllib3.PoolManager(ca_cert_data=ca, retries=False)

    def _fetch(self, url: str) -> Iterator[bytes]:
        answer = self._pool.request("GET", url, timeout=10)
        if answer.status >= 400:
            raise DownloadHTTPError(f"{url}: {answer.status}", answer.status)
        yield answer.data


class TrustingDoor:
    """A door.

    Args:
        folder: What it remembers.
        trust: Its trust file's content.
        transport_key: The file of its key.
    """

    def __init__(self, folder: Path, trust: bytes, transport_key: Path) -> None:
        self._folder, self._trust = folder, json.loads(trust)
        (line,) = [one for one in transport_key.read_text().splitlines() if not one.startswith("#")]
        self._identity = pyrage.x25519.Identity.from_str(line)
        self.fingerprint = fingerprint(str(self._identity.to_public()))

    def sync(self) -> tuple[Gallery, dict[str, Any]] | None:
        """Its gallery and its edition's document; None where it is revoked."""
        for part in ("metadata", "targets"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        url = self._trust["url"]
        updater = Updater(
            str(self._folder / "metadata"),
            f"{url}/metadata/",
            str(self._folder / "targets"),
            f"{url}/targets/",
            fetcher=HttpFetcher(self._trust["ca"]),
            bootstrap=json.dumps(self._trust["root"]).encode(),
        )
        updater.refresh()
        if updater.get_targetinfo(f"doors/{self.fingerprint}.age") is None:
            return None
        assignment = json.loads(self.read(updater, f"doors/{self.fingerprint}.age"))
        document = json.loads(self.read(updater, f"editions/{assignment['edition']}.json"))
        return parse_gallery(self.read(updater, document["gallery"]["target"])), document

    def read(self, updater: Updater, target: str) -> bytes:
        """A target, decrypted where it is encrypted."""
        info = updater.get_targetinfo(target)
        assert info is not None, target
        content = Path(updater.download_target(info)).read_bytes()
        return pyrage.decrypt(content, [self._identity]) if target.endswith(".age") else content
