"""Sealing: encryption to the doors that may read, by age (X25519, ChaCha20-Poly1305)."""

from collections.abc import Sequence

from pyrage import EncryptError, RecipientError, encrypt, x25519

from faceidd.errors import PublishError


def seal(content: bytes, recipients: Sequence[str]) -> bytes:
    """Encrypt to some recipients, each of whom can read it alone.

    Args:
        content: What to encrypt.
        recipients: `age1...`, at least one.

    Raises:
        PublishError: One is no recipient.
    """
    try:
        known = [x25519.Recipient.from_str(one) for one in recipients]
        return bytes(encrypt(content, known))
    except (RecipientError, EncryptError) as error:
        raise PublishError(
            f"it cannot be encrypted to a door: {error}", do="provision the door again"
        ) from error
