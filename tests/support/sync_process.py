"""Syncs a door once, in a process of its own: `sync_process.py FOLDER`."""

import sys
from pathlib import Path

from support.synced_door import settings_of

from faceidd.sync.refused import RefusedError
from faceidd.sync.sync import sync

if __name__ == "__main__":
    try:
        print(sync(settings_of(Path(sys.argv[1]))).way)
    except RefusedError as error:
        print(error.reason)
