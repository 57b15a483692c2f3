"""A process that is online at a broker until it is killed: `event_process.py SETTINGS`.

SETTINGS are those of a door as JSON.
"""

import json
import sys
import threading
from pathlib import Path

from support.posting import Posting

from faceidd.events.mqtt import MqttSettings, TlsSettings


def _main() -> None:
    fields = json.loads(sys.argv[1])
    if fields["tls"] is not None:
        fields["tls"] = TlsSettings(Path(fields["tls"]["ca"]))
    sink = Posting(MqttSettings(**fields))
    threading.Event().wait()
    sink.close()


if __name__ == "__main__":
    _main()
