"""Telling systemd how the service is doing: the protocol of sd_notify(3).

Only the sending is here. When the daemon is ready, and what proves that it is alive, is for the
daemon to know.
"""

import logging
import os
import socket

from faceidd.units import Seconds

AT_ONCE = Seconds(0.0)
READY_PATIENCE = Seconds(0.5)
"""Longest wait to say READY=1 to a service manager that does not read."""

_log = logging.getLogger(__name__)


def notify(state: str, patience: Seconds = AT_ONCE) -> None:
    """Send the service manager a state; does nothing where there is no service manager.

    A state that cannot be sent is logged and dropped: it stops no door. Where that goes on, the
    watchdog starts the service anew.

    Args:
        state: As sd_notify(3) has it: `READY=1`, `WATCHDOG=1`, `STOPPING=1`, `STATUS=watching`;
            more than one on lines of their own.
        patience: How long to wait for a service manager that does not read; frames wait meanwhile.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # a name in Linux's abstract namespace, no file
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(patience)
            manager.connect(address)
            manager.sendall(state.encode())
    except OSError as error:
        _log.warning("systemd was not told %r: %s", state, error)
