"""Config -> the audit log of a door, and the key that signs it."""

from functools import partial
from uuid import uuid4

from faceidd.audit.keeping import Keeping
from faceidd.audit.log import AuditLog
from faceidd.audit.writer import AuditWriter
from faceidd.clock import right_time
from faceidd.daemon.auditor import Auditor
from faceidd.daemon.config import Config
from faceidd.errors import ConfigError
from faceidd.events.command import PrivateKey
from faceidd.events.command_key import load_key


def build_auditor(config: Config) -> Auditor:
    """Put together what writes down what a door does; its thread runs, and the disk may be away.

    Raises:
        ConfigError: The key cannot be read.
    """
    audit = config.audit
    boot = uuid4().hex
    if audit.dir is None:
        return Auditor(None, boot)
    log = AuditLog(
        audit.dir,
        audit_key(config),
        door=config.door.id,
        boot=boot,
        keeping=Keeping(audit.keep_days, audit.max_mb << 20),
        right_time=partial(right_time, config.policy.clock_file),
    )
    return Auditor(AuditWriter(log), boot)


def audit_key(config: Config) -> PrivateKey:
    """Read the door's key.

    Raises:
        ConfigError: None is named, or it cannot be read, or is open to others.
    """
    if config.audit.key_file is None:
        raise ConfigError("audit.key_file is not set", do="make a key: faceidd audit keygen")
    return load_key(config.audit.key_file)
