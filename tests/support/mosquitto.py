"""A real mosquitto 2 on the loopback: TLS by a CA of its own, passwords, and an ACL.

The door may write its own topics and read commands; the subscriber may read all; the admin also
write commands.
"""

import os
import secrets
import shutil
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from support.held_port import HOST, HeldPort

START_S = 60.0
_PROGRAMS = ("mosquitto", "mosquitto_passwd", "openssl")
_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_SERVER = """\
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, DNS:localhost
"""


class MosquittoUnavailableError(Exception):
    """This machine lacks mosquitto or openssl."""


@dataclass(frozen=True)
class Login:
    """A user of the broker."""

    username: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)


class Mosquitto:
    """A broker that is set up but not started; as a context it runs.

    Args:
        folder: An empty folder for its files.
        door: The door's id.
        prefix: What the topics begin with.
        persistent: Whether it knows retained messages and sessions again after it was killed.
        days: For how long its certificate holds; -1 is one that expired.

    Attributes:
        host: Where it listens.
        port: As above; the same at every start.
        ca_file: PEM of the authority that signed its certificate.
        other_ca_file: PEM of an authority that did not.
        door_login: May write to `<prefix>/<door>/#`, and what docs/home-assistant.md lets it.
        subscriber_login: May read `<prefix>/#`.
        admin_login: May also write to `<prefix>/<door>/command`.
        home_login: Home Assistant's, which may do the same, and all in `homeassistant/#`.

    Raises:
        MosquittoUnavailableError: It or openssl is not installed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        door: str = "front",
        prefix: str = "faceidd",
        persistent: bool = False,
        days: int = 2,
    ) -> None:
        path = os.environ["PATH"] + ":/usr/sbin"  # where Debian has mosquitto
        programs = {name: shutil.which(name, path=path) for name in _PROGRAMS}
        for name, found in programs.items():
            if found is None:
                raise MosquittoUnavailableError(f"{name} is not installed")
        self._mosquitto = str(programs["mosquitto"])
        self._folder = folder
        self.host = HOST
        self._held = HeldPort()
        self.port = self._held.number
        self.door_login = Login("door")
        self.subscriber_login = Login("subscriber")
        self.admin_login = Login("admin")
        self.home_login = Login("home")
        self._persistent = persistent
        self.ca_file = self._make_authority("ca")
        self.other_ca_file = self._make_authority("other")
        self._certify(days)
        self._let_in(str(programs["mosquitto_passwd"]), door, prefix)
        self._configure()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it and wait until it serves."""
        running = threading.Event()
        self._process = subprocess.Popen(
            [self._mosquitto, "-c", self._folder / "mosquitto.conf"],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        self._reader = threading.Thread(target=_read, args=(self._process.stderr, running))
        self._reader.start()
        if not running.wait(START_S):
            self.kill()
            raise RuntimeError("mosquitto did not start")

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it do nothing more until it is killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def restart(self) -> None:
        """End it in order and start it again; it has forgotten all, if it is not persistent."""
        self.stop()
        self.start()

    def door_settings(self, folder: Path) -> dict[str, object]:
        """The door's section `mqtt`; its password becomes a file of the folder."""
        password = folder / "password"
        password.write_text(self.door_login.password)
        password.chmod(0o600)
        return {
            "host": self.host,
            "port": self.port,
            "username": self.door_login.username,
            "password_file": str(password),
            "tls": {"ca": str(self.ca_file)},
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        # A signal in the instant between "running" and its loop is lost on it.
        for _ in range(50):
            process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
                break
        else:
            process.kill()
            process.wait(10)
        assert self._reader is not None
        self._reader.join(10)
        assert process.stderr is not None
        process.stderr.close()

    def _make_authority(self, name: str) -> Path:
        certificate = self._folder / f"{name}.pem"
        self._openssl(
            "req", "-x509", *_EC, "-keyout", f"{name}.key", "-out", certificate, "-days", "2",
            "-subj", f"/CN={name} of a test", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )  # fmt: skip
        return certificate

    def _certify(self, days: int) -> None:
        (self._folder / "server.ext").write_text(_SERVER)
        self._openssl(
            "req", *_EC, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=broker"
        )
        self._openssl(
            "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", str(days), "-extfile", "server.ext", "-out", "server.pem",
        )  # fmt: skip

    def _let_in(self, mosquitto_passwd: str, door: str, prefix: str) -> None:
        passwords = self._folder / "passwords"
        passwords.touch(mode=0o600)
        everybody = (self.door_login, self.subscriber_login, self.admin_login, self.home_login)
        for login in everybody:
            subprocess.run(
                [mosquitto_passwd, "-b", passwords, login.username, login.password],
                check=True,
                capture_output=True,
            )
        node = "+" if door == "+" else f"{prefix}_{door}"
        (self._folder / "acl").write_text(
            f"user {self.door_login.username}\ntopic write {prefix}/{door}/#\n"
            f"topic read {prefix}/{door}/command\n"
            f"topic write homeassistant/+/{node}/#\ntopic read homeassistant/status\n"
            f"user {self.subscriber_login.username}\ntopic read {prefix}/#\n"
            f"user {self.admin_login.username}\ntopic read {prefix}/#\n"
            f"topic write {prefix}/{door}/command\n"
            f"user {self.home_login.username}\ntopic read {prefix}/+/status\n"
            f"topic read {prefix}/+/state/+\ntopic read {prefix}/+/event/+\n"
            f"topic read {prefix}/+/snapshot/#\ntopic read {prefix}/+/alarm/duress_signaled\n"
            f"topic write {prefix}/{door}/command\ntopic readwrite homeassistant/#\n"
        )

    def _configure(self) -> None:
        lines = [
            f"persistence {str(self._persistent).lower()}",
            f"persistence_location {self._folder}/",
            "log_dest stderr",
            "log_type all",
            "allow_anonymous false",
            f"acl_file {self._folder}/acl",
            f"listener {self.port} {HOST}",
            f"cafile {self._folder}/ca.pem",
            f"certfile {self._folder}/server.pem",
            f"keyfile {self._folder}/server.key",
            *self._access(),
        ]
        if self._persistent:  # so that a kill loses nothing that it has acknowledged
            lines += ["autosave_on_changes true", "autosave_interval 1"]
            lines += ["max_queued_messages 0", "max_inflight_messages 0"]
            lines += ["set_tcp_nodelay true"]  # or the kernel still has what it has sent
        if os.geteuid() == 0:
            lines.append("user root")  # another could not read the test's folder
        (self._folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    def _access(self) -> list[str]:
        return [f"password_file {self._folder}/passwords"]

    def _openssl(self, *arguments: str | Path) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)


def _read(log: IO[str], running: threading.Event) -> None:
    for line in log:
        if line.rstrip().endswith("running"):
            running.set()
