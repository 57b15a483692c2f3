"""A mosquitto whose clients show certificates, with the access list of the documents."""

import re
from pathlib import Path

from support.mosquitto import Mosquitto

from faceidd.events.mqtt import MqttSettings, TlsSettings

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


class CertifiedMosquitto(Mosquitto):
    """Lets in whom its authority certified, by the common name, as `docs/events.md` says."""

    def settings(self, name: str, *, door: str = "front") -> MqttSettings:
        """How a client of this name reaches it.

        Args:
            name: The common name of its certificate.
            door: The door whose topics it uses.
        """
        self._openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}",
        )  # fmt: skip
        self._openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-out", f"{name}.pem",
        )  # fmt: skip
        cert, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        tls = TlsSettings(self.ca_file, cert, key)
        return MqttSettings(self.host, self.port, door, f"client-{name}-{door}", tls=tls)

    def _let_in(self, mosquitto_passwd: str, door: str, prefix: str) -> None:  # noqa: ARG002 - the base's
        (access,) = re.findall(r"```acl\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        (self._folder / "acl").write_text(access)

    def _access(self) -> list[str]:
        return ["require_certificate true", "use_identity_as_username true"]
