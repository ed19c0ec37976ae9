"""Garbage collections, put off while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """Puts garbage collections of this process off until the end of the block.

    Each full one walks through all that is there: where hundreds of thousands of objects are made and kept, that is a
    third of the work and finds nothing. It saves time and promises nothing: of several threads' blocks, the end of the
    first may switch collections on for all. They are never left off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
