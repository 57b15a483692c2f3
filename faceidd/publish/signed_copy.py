"""Signed copy: what waits is carried to another admin, signed on their machine, and taken in."""

from pathlib import Path

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, Signature

from faceidd.durable import replace_file
from faceidd.errors import PublishError
from faceidd.publish.folder import PublishFolder
from faceidd.publish.keyring import Keyring
from faceidd.publish.pending import Pending, read_metadata
from faceidd.publish.repository import Repository, role_of


def sign_copy(file: Path, keyring: Keyring) -> tuple[str, ...]:
    """Sign a copy with all keys at hand, in its place.

    Args:
        file: The copy.
        keyring: The keys; whether they are of its role is for those to say who take it in.

    Returns:
        Names of the keys that signed.

    Raises:
        PublishError: It cannot be read or written, a key cannot be opened, or there is none.
    """
    metadata = read_metadata(file)
    if not keyring.names:
        raise PublishError("no key is named", do="name yours: --key FILE")
    for key_id in keyring.names:
        signer = keyring.signer(key_id)
        if signer is not None:
            metadata.sign(signer, append=True)
    keyring.require_opened(keyring.names)
    try:
        replace_file(file, metadata.to_bytes())
    except OSError as error:
        raise PublishError(
            f"{file} cannot be written: {error.strerror}", do="copy it to where you may write"
        ) from error
    return tuple(keyring.names.values())


def take_signatures(folder: PublishFolder, file: Path) -> int:
    """Add the signatures of a copy to what waits; such as do not hold are left out.

    Args:
        folder: The publisher's folder, locked.
        file: The copy.

    Returns:
        How many are new.

    Raises:
        PublishError: It cannot be read, or is a copy of something else.
    """
    signed, pending = read_metadata(file), Pending(folder)
    here = pending.load(role_of(signed))
    if here is None or here.signed_bytes != signed.signed_bytes:
        raise PublishError(
            f"{file} is no copy of what waits here",
            do=f"give out {pending.path(role_of(signed))} again: it has changed since",
        )
    root = pending.load("root")
    roots = [*Repository(folder).roots(), *([root] if root else [])]
    known = {key.keyid: key for one in roots for key in one.signed.keys.values()}
    fresh = {
        key_id: one
        for key_id, one in signed.signatures.items()
        if key_id not in here.signatures and _holds(known.get(key_id), one, here.signed_bytes)
    }
    here.signatures.update(fresh)
    pending.save(here)
    return len(fresh)


def _holds(key: Key | None, signature: Signature, content: bytes) -> bool:
    try:
        if key is not None:
            key.verify_signature(signature, content)
            return True
    except UnverifiedSignatureError:
        pass
    return False
