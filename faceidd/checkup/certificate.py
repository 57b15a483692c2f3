"""Validity: from when to when a certificate holds, of a file or of whoever answers."""

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from faceidd.errors import ConfigError
from faceidd.units import Seconds

MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when a certificate holds.

    Attributes:
        subject: Whose it is.
        since: Its first moment.
        until: Its last.
    """

    subject: str
    since: datetime
    until: datetime


def of_file(file: Path, *, newest: bool) -> Validity:
    """Read a PEM file of certificates.

    Args:
        file: The file.
        newest: Whether the one that holds longest counts, as among authorities of which one is
            enough; else the first, as in a chain, whose first is the owner's.

    Raises:
        ConfigError: It cannot be read, or holds no certificate.
    """
    try:
        with file.open("rb") as opened:
            found = x509.load_pem_x509_certificates(opened.read(MOST_BYTES))
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read: {error.strerror}", do="correct its path"
        ) from error
    except ValueError as error:
        raise ConfigError(f"{file} holds no certificate", do="name a PEM file of one") from error
    return max(map(_validity, found), key=lambda one: one.until) if newest else _validity(found[0])


def of_server(host: str, port: int, timeout: Seconds) -> Validity | None:
    """Ask a server for its certificate, trusted or not; None where it shows none.

    Nothing but the greeting is sent, and nothing that it says is believed. Whether it is to be
    trusted is found out by who really speaks with it.

    Args:
        host: Its name.
        port: Its port.
        timeout: Bound on each step.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout) as plain,
            context.wrap_socket(plain, server_hostname=host) as sealed,
        ):
            shown = sealed.getpeercert(binary_form=True)
            return None if shown is None else _validity(x509.load_der_x509_certificate(shown))
    except (OSError, ValueError):
        return None


def _validity(certificate: x509.Certificate) -> Validity:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    subject = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return Validity(
        subject or "a certificate without a name",
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )
