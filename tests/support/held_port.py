"""HeldPort: a port of the loopback that nobody else gets, whether or not somebody listens there.

A port that was found free and let go can be given to another process, or to a connection of our own
that goes out: one that looks for a server that is down can even meet itself there. Linux gives no
port away that a socket is bound to, and lets a server that reuses addresses listen beside it.
"""

import os
import socket
import weakref

HOST = "127.0.0.1"


class HeldPort:
    """Held for as long as this is referred to.

    Args:
        host: At which address.

    Attributes:
        number: Which.
    """

    def __init__(self, host: str = HOST) -> None:
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((host, 0))
        self.number: int = holder.getsockname()[1]
        weakref.finalize(self, os.close, holder.detach())
