"""Garbage collections, put off while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """No garbage collection in this process until the end of the block.

    Each full one walks through all that is there: where hundreds of thousands of objects are made and kept, that is a
    quarter of the work and finds nothing. Blocks may lie in several threads at once; whichever switched the collections
    off switches them on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
