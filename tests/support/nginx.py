"""A real nginx on the loopback that serves a folder over TLS, certified by a CA of its own."""

import ipaddress
import os
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from support.held_port import HOST, HeldPort

START_S = 60.0
_CONFIG = """\
daemon off;
worker_processes 1;
pid {here}/nginx.pid;
error_log stderr notice;
{user}
events {{ worker_connections 64; }}
http {{
    access_log {here}/access.log;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    server {{
        listen {host}:{port} ssl;
        ssl_certificate {here}/server.pem;
        ssl_certificate_key {here}/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        root {folder};
        # From here on it is as docs/publish.md has it.
        location / {{ add_header Cache-Control "public, max-age=31536000, immutable"; }}
        location = /metadata/timestamp.json {{ add_header Cache-Control "no-cache"; }}
        location ~ "/\\." {{ return 404; }}
    }}
}}
"""


class NginxUnavailableError(Exception):
    """This machine lacks nginx."""


class Nginx:
    """A web server; as a context it runs.

    Args:
        here: An empty folder for its files.
        folder: What it serves.

    Attributes:
        url: Where.
        ca_file: PEM of the authority that signed its certificate.

    Raises:
        NginxUnavailableError: It is not installed.
    """

    def __init__(self, here: Path, folder: Path) -> None:
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        if program is None:
            raise NginxUnavailableError("nginx is not installed")
        self._held = HeldPort()
        port = self._held.number
        self.url = f"https://{HOST}:{port}"
        self.ca_file = here / "ca.pem"
        _certify(here)
        user = "user root;" if os.geteuid() == 0 else ""  # another could not read the folder
        text = _CONFIG.format(here=here, folder=folder, host=HOST, port=port, user=user)
        (here / "nginx.conf").write_text(text)
        self._command: list[str | Path] = [
            program,
            "-p",
            here,
            "-c",
            here / "nginx.conf",
            "-e",
            "stderr",
        ]

    def __enter__(self) -> Self:
        running = threading.Event()
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        self._reader = threading.Thread(target=_read, args=(self._process.stderr, running))
        self._reader.start()
        if not running.wait(START_S):
            self.__exit__()
            raise RuntimeError("nginx did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(10)
        assert self._process.stderr is not None
        self._process.stderr.close()


def _certify(here: Path) -> None:
    authority, server = (generate_private_key(SECP256R1()) for _ in range(2))
    ca = _certificate("CA of a test", "CA of a test", authority, authority)
    signed = _certificate("server of a test", "CA of a test", server, authority)
    (here / "ca.pem").write_bytes(ca.public_bytes(Encoding.PEM))
    (here / "server.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    key = server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (here / "server.key").write_bytes(key)


def _certificate(
    name: str, issuer: str, key: EllipticCurvePrivateKey, authority: EllipticCurvePrivateKey
) -> x509.Certificate:
    now, is_ca = datetime.now(UTC), name == issuer
    usage = {
        "content_commitment": False,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_ca, key_cert_sign=is_ca, crl_sign=is_ca, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
    )
    if not is_ca:
        address = x509.IPAddress(ipaddress.ip_address(HOST))
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    return builder.sign(authority, hashes.SHA256())


def _read(log: IO[str], running: threading.Event) -> None:
    for line in log:
        if "start worker process" in line:
            running.set()
