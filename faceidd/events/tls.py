"""Encryption on the way to the broker, from the files an admin names."""

import ssl

from faceidd.errors import BrokerError
from faceidd.events.mqtt import TlsSettings


def tls_context(settings: TlsSettings) -> ssl.SSLContext:
    """Make the encryption: TLS 1.2 or later, certificate and host name verified.

    Raises:
        BrokerError: A file cannot be read or is not what it should be.
    """
    ca, cert = settings.ca, settings.cert
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError as error:  # also what ssl raises
        raise BrokerError(
            f"mqtt.tls.ca {ca} cannot be used: {error}",
            do="name a PEM file that the service user can read",
        ) from error
    if cert is not None:
        try:
            context.load_cert_chain(cert, settings.key)
        except OSError as error:
            raise BrokerError(
                f"mqtt.tls.cert {cert} with key {settings.key or cert} cannot be used: {error}",
                do="name PEM files that belong together and that the service user can read",
            ) from error
    context.sslsocket_class = _TlsSocket
    return context


class _TlsSocket(ssl.SSLSocket):
    """Closes itself when no encryption was agreed on; paho would leave it to the collector."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise
