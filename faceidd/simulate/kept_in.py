"""kept_in: settings of a door that has nothing outside of one folder."""

from pathlib import Path
from typing import Any


def kept_in(folder: Path, models: Path) -> dict[str, Any]:
    """Sections of a configuration that name a path; camera and door are left to the caller.

    Metrics are served nowhere: their socket lies where a door of this machine has its own.

    Args:
        folder: Where everything the door makes goes.
        models: Folder of model packs.
    """
    return {
        "models": {"dir": str(models)},
        "gallery": {"file": str(folder / "gallery.safetensors")},
        "metrics": {"listen": None},
        "policy": {"state_dir": str(folder / "state")},
        "snapshots": {"dir": str(folder / "snapshots")},
        "sync": {
            "state_dir": str(folder / "sync"),
            "trust": str(folder / "trust.json"),
            "key_file": str(folder / "transport.key"),
        },
    }
