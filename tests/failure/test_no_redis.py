"""Redis is speed: when it is away, limits count per process and nothing else changes."""

import httpx2
import pytest
from pydantic import SecretStr

from controlplane.entrypoints.api import make_api
from controlplane.platform.problem import TooMany
from controlplane.platform.ratelimit import Limiter
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings

NOBODY = "redis://127.0.0.1:1/0"


async def test_limits_hold_without_redis() -> None:
    limiter = Limiter(NOBODY)
    for _ in range(3):
        await limiter.hit("3/minute", "login", "203.0.113.7")
    with pytest.raises(TooMany) as refused:
        await limiter.hit("3/minute", "login", "203.0.113.7")
    assert 1 <= refused.value.retry_after_s <= 60
    await limiter.hit("3/minute", "login", "203.0.113.8")
    await limiter.close()


async def test_the_api_is_ready_without_redis_and_says_so(settings: Settings, database_url: str) -> None:
    services = make_services(settings.model_copy(update={"redis_url": SecretStr(NOBODY)}), database_url)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=make_api(services)), base_url="http://test"
    ) as client:
        answer = await client.get("/readyz")
    await services.close()
    assert (answer.status_code, answer.json()) == (200, {"postgresql": "ok", "redis": "away"})
