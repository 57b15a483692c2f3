"""Weights that no package index has: files of their own, which the admin brings."""

from pathlib import Path

from faceidd.errors import ModelError


def read_weights(folder: Path | None, name: str, *, published: str) -> bytes:
    """Content of a file of weights.

    Args:
        folder: Where it is, or none if none was named.
        name: The file's name.
        published: Where it comes from.

    Raises:
        ModelError: It is not there.
    """
    if folder is None:
        raise missing(name, f"no folder of weights was named for {name}", published=published)
    path = folder / name
    try:
        return path.read_bytes()
    except OSError as error:
        fault = f"{path} cannot be read: {error.strerror}"
        raise missing(name, fault, published=published) from error


def missing(name: str, fault: str, *, published: str) -> ModelError:
    """Fault of weights that are not there, which says how to bring them."""
    unpack = ", unpack it" if published.endswith(".zip") else ""
    return ModelError(
        fault,
        do=f"download {published} elsewhere{unpack}, put it into a folder as {name}, and name that"
        " folder by --weights",
    )
