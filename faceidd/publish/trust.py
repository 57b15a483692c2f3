"""Trust: the small file that a door is given once, so that it knows whom to believe. No secret."""

import json
import ssl

from tuf.api.metadata import Metadata, Root

from faceidd.errors import PublishError
from faceidd.sync.refused import RefusedError
from faceidd.sync.trust import require_safe

SCHEMA = "faceidd.trust/1"


def trust_file(url: str, ca: str | None, root: Metadata[Root]) -> bytes:
    """Make the file.

    Args:
        url: Where `metadata/` and `targets/` are served.
        ca: PEM of the authorities that the server is believed by; None are the system's.
        root: The newest root.

    Raises:
        PublishError: The address is none that doors would take, or `ca` is no certificate.
    """
    try:
        require_safe(url)  # as a door will
    except RefusedError as error:
        raise PublishError(error.what, do=error.do) from error
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
