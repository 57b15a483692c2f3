"""Settings of what the door writes down of itself, and of how it is looked after."""

import ipaddress
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from faceidd.daemon.config_section import ConfigPath, Section


class AuditConfig(Section):
    """What is written down of every decision; see docs/audit.md."""

    dir: ConfigPath | None = None
    """Folder of the audit log, for this door alone; null keeps none."""
    key_file: ConfigPath | None = None
    """The door's key that signs the log, of `faceidd audit keygen`; may begin with
    `$CREDENTIALS_DIRECTORY/`."""
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """Days after which a day's records are dropped; its seal stays."""
    max_mb: Annotated[int, Field(ge=32, le=65536)] = 256
    """Room for the records, in megabytes; beyond it the oldest days are dropped."""

    @field_validator("key_file")
    @classmethod
    def _log_has_its_key(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is None and info.data.get("dir") is not None:
            raise ValueError("must be set, because audit.dir is")
        return file


class MetricsConfig(Section):
    """Where the daemon tells how it is doing; see docs/metrics.md."""

    listen: (
        Annotated[
            str,
            Field(
                json_schema_extra={
                    "allowed": "'unix', 'unix:' and a path, or an address of this machine and a"
                    " port, '127.0.0.1:9464'"
                }
            ),
        ]
        | None
    ) = "unix"
    """Where metrics are read, by HTTP. `unix` is a socket in the daemon's runtime directory, for
    `faceidd status`; Prometheus needs an address. null serves none."""

    @field_validator("listen")
    @classmethod
    def _stays_on_this_machine(cls, listen: str | None) -> str | None:
        if listen is None or listen == "unix" or (listen.startswith("unix:/") and len(listen) > 6):  # noqa: PLR2004 - a name behind it
            return listen
        host, _, port = listen.rpartition(":")
        try:
            is_local = ipaddress.ip_address(host.strip("[]")).is_loopback
        except ValueError:
            is_local = False
        if not is_local or not port.isdecimal() or not 0 < int(port) < 1 << 16:
            raise ValueError("must be 'unix', 'unix:/path', or as '127.0.0.1:9464' or '[::1]:9464'")
        return listen
