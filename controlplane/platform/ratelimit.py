"""Limits on what strangers may try: shared through Redis where there is one, else per process."""

import time

import structlog
from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from controlplane.platform.problem import TooMany

log = structlog.get_logger(__name__)


class Limiter:
    """Counts tries in a moving window. Losing Redis loosens limits to per-process counting, nothing else."""

    def __init__(self, redis_url: str | None) -> None:
        self._local = MovingWindowRateLimiter(MemoryStorage())
        self._pool = ConnectionPool.from_url(redis_url) if redis_url else None
        self._shared = MovingWindowRateLimiter(_redis_storage(str(redis_url), self._pool)) if self._pool else None

    async def close(self) -> None:
        """Lets go of Redis."""
        if self._pool is not None:
            await self._pool.aclose()

    async def redis_answers(self) -> bool | None:
        """Whether Redis is there; None when none is set."""
        return None if self._shared is None else await self._shared.storage.check()

    async def hit(self, rule: str, *identity: str) -> None:
        """Counts one try.

        Args:
            rule: Such as ``10/minute``.
            identity: What is counted together, such as ``login`` and an address.

        Raises:
            TooMany: Over the limit; says when to come back.
        """
        limit = parse(rule)
        limiter = self._shared or self._local
        try:
            allowed = await limiter.hit(limit, *identity)
        except StorageError as err:
            log.warning("redis is away, counting limits per process", error=str(err))
            limiter = self._local
            allowed = await limiter.hit(limit, *identity)
        if not allowed:
            reset, _ = await limiter.get_window_stats(limit, *identity)
            raise TooMany(
                "Too many tries.",
                retry_after_s=max(1, int(reset - time.time())),
                hint="Wait, then try again.",
            )


def _redis_storage(url: str, pool: ConnectionPool) -> Storage:
    return RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy", connection_pool=pool)  # type: ignore[arg-type] # typed too narrowly
