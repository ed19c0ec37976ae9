"""The API while PostgreSQL is away."""

import httpx2

from controlplane.entrypoints.api import make_api
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings


async def test_requests_are_answered_with_503_and_a_hint(settings: Settings) -> None:
    services = make_services(settings, "postgresql://nobody@127.0.0.1:1/nothing")
    transport = httpx2.ASGITransport(app=make_api(services))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post("/api/v1/auth/login", json={"email": "a@example.com", "password": "some-password"})
    await services.close()
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.json()["slug"] == "unavailable"
    assert answer.json()["hint"]
