"""Identifiers that sort by birth."""

import os
import time
import uuid

MILLISECOND_NS = 1_000_000


def new_id() -> uuid.UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, 12 of their 4096ths, then randomness.

    Two that one process makes at once keep their order: a 4096th is 0.24 µs, less than making one takes.

    Source: RFC 9562 sections 5.7 and 6.2, method 3.
    """
    milliseconds, rest_ns = divmod(time.time_ns(), MILLISECOND_NS)
    tail = int.from_bytes(os.urandom(8))
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= (rest_ns * 4096 // MILLISECOND_NS) << 64
    value |= 0x2 << 62
    value |= tail & 0x3FFF_FFFF_FFFF_FFFF
    return uuid.UUID(int=value)
