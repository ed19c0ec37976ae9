"""A real Redis: limits are shared through it, and losing it in the middle refuses nobody."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlplane.lab.addresses import free_port
from controlplane.node.runtime import ensure_tree
from controlplane.platform.problem import TooMany
from controlplane.platform.ratelimit import Limiter

RULE = "4/minute"


class RedisServer:
    """One server without persistence, on loopback."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port("127.0.0.1")
        program = ensure_tree("redis", progress=print) / "bin" / "redis-server"
        command = [str(program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.kill()


async def answering(limiter: Limiter) -> None:
    deadline = time.monotonic() + 10
    while not await limiter.redis_answers():
        assert time.monotonic() < deadline, "Redis does not answer"


async def test_processes_count_together(redis: RedisServer) -> None:
    one, other = Limiter(redis.url), Limiter(redis.url)
    await answering(one)
    for limiter in (one, other, one, other):
        await limiter.hit(RULE, "login", "203.0.113.7")
    for limiter in (one, other):
        with pytest.raises(TooMany):
            await limiter.hit(RULE, "login", "203.0.113.7")
        await limiter.close()


async def test_when_redis_dies_each_process_counts_for_itself(redis: RedisServer) -> None:
    limiter = Limiter(redis.url)
    await answering(limiter)
    await limiter.hit(RULE, "login", "203.0.113.7")
    redis.kill()
    for _ in range(4):
        await limiter.hit(RULE, "login", "203.0.113.7")
    with pytest.raises(TooMany):
        await limiter.hit(RULE, "login", "203.0.113.7")
    assert await limiter.redis_answers() is False
    await limiter.close()
