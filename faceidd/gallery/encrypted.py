"""Encrypted files: what lies on a door's card is nothing without the key of the device.

ChaCha20-Poly1305 (RFC 8439) in chunks, after the construction STREAM (Hoang, Reyhanitabar, Rogaway
and Vizar, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015): each
chunk's nonce is its number and whether it is the last, so none can be left out, moved or cut off.
Each file has a key of its own, from the device's and a salt (HKDF-SHA256, RFC 5869), so no nonce
comes twice under one key.

    magic (16) | salt (32) | size of the content (8) | chunks of 1 MiB, 16 bytes longer each

The first three are authenticated with every chunk.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from faceidd.gallery.key import KEY_BYTES, GalleryKey
from faceidd.gallery.reading import TooLargeError, buffer, in_parts
from faceidd.gallery.sealed import Content

MAGIC = b"faceidd locked 1"
CHUNK = 1 << 20

_SALT_BYTES, _SIZE_BYTES, _TAG_BYTES = 32, 8, 16
_HEAD_BYTES = len(MAGIC) + _SALT_BYTES + _SIZE_BYTES


class WrongKeyError(Exception):
    """A file was changed, or encrypted with another key; which of them cannot be told."""


def encrypted(parts: Iterable[Content], key: GalleryKey) -> Iterator[bytes]:
    """Encrypt content.

    Args:
        parts: The content, in parts that follow each other.
        key: The device's.

    Yields:
        The file's content, in parts that follow each other.
    """
    parts = list(parts)
    size = sum(map(len, parts))
    head = MAGIC + os.urandom(_SALT_BYTES) + size.to_bytes(_SIZE_BYTES, "little")
    cipher = _cipher(key, head)
    yield head
    waiting = bytearray()
    begin = 0
    for part in parts:
        view = memoryview(part)
        while len(waiting) + len(view) > CHUNK:
            taken = CHUNK - len(waiting)
            waiting += view[:taken]
            view = view[taken:]
            yield cipher.encrypt(_nonce(begin, size), bytes(waiting), head)
            begin += CHUNK
            waiting.clear()
        waiting += view
    yield cipher.encrypt(_nonce(begin, size), bytes(waiting), head)


def is_encrypted(content: Content) -> bool:
    """Whether a file that begins so is an encrypted one."""
    return bytes(content[: len(MAGIC)]) == MAGIC


def read_encrypted(path: Path, key: GalleryKey, most: int) -> memoryview:
    """Decrypt a file into memory of its content's size; nothing is given out before all is proven.

    Args:
        path: The file.
        key: The device's.
        most: Bytes of the largest content.

    Raises:
        OSError: It cannot be read.
        TooLargeError: Its content has more bytes; it was not read.
        ValueError: It is no encrypted file, or is cut off.
        WrongKeyError: It was changed, or encrypted with another key.
    """
    with path.open("rb", buffering=0) as file:
        descriptor = file.fileno()
        head = os.pread(descriptor, _HEAD_BYTES, 0)
        if len(head) < _HEAD_BYTES or not is_encrypted(head):
            raise ValueError("it is not encrypted")
        size = int.from_bytes(head[-_SIZE_BYTES:], "little")
        if size > most:
            raise TooLargeError(size)
        if os.fstat(descriptor).st_size != _HEAD_BYTES + size + _TAG_BYTES * _chunks(size):
            raise ValueError("its length is not the one it says")
        cipher, content = _cipher(key, head), buffer(size)

        def decrypt(begin: int, end: int) -> int:
            place = _HEAD_BYTES + begin + _TAG_BYTES * (begin // CHUNK)
            chunk = os.pread(descriptor, end - begin + _TAG_BYTES, place)
            return cipher.decrypt_into(_nonce(begin, size), chunk, head, content[begin:end])

        try:
            in_parts(decrypt, size, CHUNK)
        except InvalidTag as error:
            raise WrongKeyError from error
        return content


def _cipher(key: GalleryKey, head: bytes) -> ChaCha20Poly1305:
    salt = head[len(MAGIC) : len(MAGIC) + _SALT_BYTES]
    return ChaCha20Poly1305(HKDF(SHA256(), KEY_BYTES, salt, MAGIC).derive(key.secret))


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _nonce(begin: int, size: int) -> bytes:
    number = begin // CHUNK
    return number.to_bytes(8, "little") + bytes(3) + bytes([number == _chunks(size) - 1])
