"""Where a server listens."""

from __future__ import annotations

import socket

from server.cli.refused import Refused

BACKLOG = 2048  # as uvicorn has it


def listen(host: str, port: int) -> socket.socket:
    """
    A socket that listens, so that a taken port is said in one sentence, and who comes before the server is up waits a moment.

    Raises:
        Refused: the address is taken, or is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # else answers wait for the client's ACK
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        raise Refused(f"cannot listen on {host}:{port} ({error}); choose another with PORT=…") from error
    listening.set_inheritable(True)
    return listening
