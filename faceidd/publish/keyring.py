"""Keyring: the signing keys that are at hand on this machine; each is opened when it is needed."""

from collections.abc import Iterable
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from faceidd.errors import PublishError
from faceidd.publish.passphrase import Passphrases
from faceidd.publish.signing_key import PUBLIC_SUFFIX, PublicKey, open_key, read_public_key


class Keyring:
    """Signing keys by their id.

    Args:
        files: Private files; each has its public file beside it.
        passphrases: What may open them.
        needs_all: Whether a key that no passphrase opens is a fault; or else it is not at hand.

    Raises:
        PublishError: The public file of one cannot be read.
    """

    def __init__(
        self, files: Iterable[Path], passphrases: Passphrases, *, needs_all: bool = True
    ) -> None:
        self._passphrases, self._needs_all = passphrases, needs_all
        self._unopened: dict[str, Path] = {}
        self._files: dict[str, tuple[Path, PublicKey]] = {}
        self._opened: dict[str, CryptoSigner] = {}
        for private in files:
            public = read_public_key(private.with_name(private.name + PUBLIC_SUFFIX))
            self._files[public.id] = (private, public)

    @property
    def names(self) -> dict[str, str]:
        """Id of each key -> its name."""
        return {key_id: public.name for key_id, (_, public) in self._files.items()}

    def signer(self, key_id: str) -> CryptoSigner | None:
        """What signs with a key; None if its file is not at hand, or no passphrase opens it.

        Args:
            key_id: Its id in the metadata.

        Raises:
            PublishError: The file is no key.
        """
        if key_id in self._opened:
            return self._opened[key_id]
        if key_id not in self._files or key_id in self._unopened:
            return None
        private, public = self._files[key_id]
        for passphrase in self._passphrases.tried(public.name):
            signer = open_key(private, public, passphrase)
            if signer is not None:
                self._opened[key_id] = signer
                return signer
        self._unopened[key_id] = private
        return None

    def require_opened(self, key_ids: Iterable[str]) -> None:
        """Refuse to go on where a signature is missing because a key stayed closed.

        Args:
            key_ids: Keys that could have signed.

        Raises:
            PublishError: One of them is here, and no passphrase opens it.
        """
        for key_id in key_ids:
            if self._needs_all and key_id in self._unopened:
                raise PublishError(
                    f"no passphrase opens the key {self._unopened[key_id]}",
                    do="type it right, or name a file with it: --passphrase-file",
                )


def key_files(folder: Path) -> tuple[Path, ...]:
    """The private files in a folder: those with a public file beside them."""
    found = (path.with_suffix("") for path in folder.glob(f"*{PUBLIC_SUFFIX}"))
    return tuple(sorted(path for path in found if path.is_file()))
