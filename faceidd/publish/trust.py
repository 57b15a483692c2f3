"""Trust: the small file that a door is given once, so that it knows whom to believe. No secret."""

import json
import ssl
from urllib.parse import urlsplit

from tuf.api.metadata import Metadata, Root

from faceidd.errors import PublishError

SCHEMA = "faceidd.trust/1"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def trust_file(url: str, ca: str | None, root: Metadata[Root]) -> bytes:
    """Make the file.

    Args:
        url: Where `metadata/` and `targets/` are served.
        ca: PEM of the authorities that the server is believed by; None are the system's.
        root: The newest root.

    Raises:
        PublishError: The address is none that doors would take, or `ca` is no certificate.
    """
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise PublishError(
            f"{url} is no address of a repository",
            do="name one that begins with https://, without user, query or fragment",
        )
    if ca is not None:
        _require_certificates(ca)
    record = {"schema": SCHEMA, "url": url.rstrip("/"), "ca": ca, "root": root.to_dict()}
    return json.dumps(record, indent=1).encode() + b"\n"


def _require_certificates(ca: str) -> None:
    try:
        known = ssl.create_default_context(cadata=ca).cert_store_stats()["x509_ca"]
    except (ssl.SSLError, ValueError):
        known = 0
    if not known:
        raise PublishError(
            "the file of --ca holds no certificate of an authority",
            do="name the PEM of the authority that signed the server's certificate",
        )
