"""Secret files: who may read a file that holds a key or a passphrase. One rule for all of them."""

_FORBIDDEN = 0o037
"""Systemd shows its credentials as readable by the group, which is their list of access: 0440."""


def is_open_to_others(mode: int) -> bool:
    """Whether a secret file's permissions let in more than its owner, and a group that reads.

    Args:
        mode: As of `os.stat`.
    """
    return bool(mode & _FORBIDDEN)
