"""Waiting longer after each failure in a row, with jitter, so that many nodes don't come back in step."""

import asyncio
import random


class Backoff:
    """Pauses that double from ``first_s`` up to ``most_s`` seconds, each shortened by chance by up to a half."""

    def __init__(self, *, first_s: float = 0.5, most_s: float = 30.0) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    def reset(self) -> None:
        """It worked: the next pause is short again."""
        self._next_s = self._first_s

    async def sleep(self) -> None:
        """Waits, and makes the next wait longer."""
        pause_s = self._next_s * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        self._next_s = min(self._next_s * 2, self._most_s)
        await asyncio.sleep(pause_s)
