"""This user's folder for what can be made anew."""

import os
from pathlib import Path


def embeddings_cache() -> Path:
    """Where `faceidd eval` keeps embeddings of photos; it need not exist."""
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    user = configured if configured.is_absolute() else Path.home() / ".cache"
    return user / "faceidd" / "embeddings"
