"""Loopback addresses and ports of one's own, so that labs running side by side never meet."""

import random
import socket
from collections import deque

# A generator of its own: pytest-randomly seeds the shared one alike in every worker.
_random = random.SystemRandom()

_given: deque[tuple[str, int]] = deque(maxlen=2000)
"""What was given lately and may not be bound yet: SIPp asks for its media port before it listens for SIP."""


def own_address() -> str:
    """An address in 127.64.0.0/10 that nobody else uses (4 million to draw from); Linux answers on all of them."""
    return f"127.{_random.randint(64, 127)}.{_random.randint(0, 255)}.{_random.randint(1, 254)}"


def free_port(address: str, *, pair: bool = False) -> int:
    """A port that is free on `address` for both UDP and TCP; with `pair` the next one is free as well.

    On an `own_address()` it stays free until it is used, since nobody else binds there; none is given twice.
    """
    for _ in range(100):
        port = _random.randrange(16000, 28000, 2)
        if (address, port) in _given:
            continue
        if all(is_free(address, candidate) for candidate in ((port, port + 1) if pair else (port,))):
            _given.append((address, port))
            return port
    raise OSError(f"no free port on {address}")


def is_free(address: str, port: int) -> bool:
    """Whether nobody listens there, neither by UDP nor by TCP."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
