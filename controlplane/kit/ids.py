"""Identifiers that sort by birth."""

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then randomness.

    Source: RFC 9562 section 5.7.
    """
    stamp = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10))
    value = (stamp & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= (tail >> 68) << 64
    value |= 0x2 << 62
    value |= tail & 0x3FFF_FFFF_FFFF_FFFF
    return uuid.UUID(int=value)
