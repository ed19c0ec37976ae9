"""What protects a browser and the login, whoever stands in between."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
import pytest
from pydantic import ValidationError

from controlplane.entrypoints.api import make_api
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings
from tests.api.clients import ADMIN_EMAIL, Client

PROXY = "10.0.0.5"


async def test_every_answer_tells_browsers_what_they_may_not_do(http: httpx2.AsyncClient, admin: Client) -> None:
    answers = [
        await admin.get("/locations"),
        await admin.get("/nowhere"),
        await admin.post("/locations", json={}),
        await http.get("/healthz"),
        await http.get("/docs"),
        await http.get("/docs/assets/swagger-ui-bundle.js"),
    ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff", answer.url
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in answer.headers
    assert answers[0].headers["Content-Security-Policy"].startswith("default-src 'none';")


async def test_the_docs_page_runs_its_own_script_and_no_other(http: httpx2.AsyncClient) -> None:
    page = await http.get("/docs")
    scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    hashes = re.findall(r"'sha256-([^']+)'", page.headers["Content-Security-Policy"])
    assert hashes == [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    scripts_policy = page.headers["Content-Security-Policy"].split("script-src ")[1]
    assert "unsafe" not in scripts_policy


@asynccontextmanager
async def served(settings: Settings, database_url: str, client: str) -> AsyncIterator[httpx2.AsyncClient]:
    """An API with settings of its own, asked from an address."""
    app = make_api(make_services(settings, database_url))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx2.ASGITransport(app=app, client=(client, 1234))
        yield await stack.enter_async_context(httpx2.AsyncClient(transport=transport, base_url="http://test"))


async def tries(http: httpx2.AsyncClient, forwarded: list[str]) -> list[int]:
    """What each wrong login is answered, one for each `X-Forwarded-For`."""
    body = {"email": ADMIN_EMAIL, "password": "wrong"}
    return [
        (await http.post("/api/v1/auth/login", json=body, headers={"X-Forwarded-For": one})).status_code
        for one in forwarded
    ]


async def test_a_client_cannot_escape_the_login_limit_by_a_header(settings: Settings, database_url: str) -> None:
    async with served(settings, database_url, "127.0.0.1") as http:
        assert await tries(http, [f"203.0.113.{n}" for n in range(12)]) == [401] * 10 + [429] * 2


async def test_behind_a_trusted_proxy_each_client_has_its_own_limit(settings: Settings, database_url: str) -> None:
    settings = settings.model_copy(update={"trusted_proxies": f"{PROXY},192.168.7.0/24"})
    async with served(settings, database_url, PROXY) as http:
        assert await tries(http, ["203.0.113.1"] * 11) == [401] * 10 + [429]
        assert await tries(http, ["203.0.113.2", "203.0.113.1"]) == [401, 429]
        forged = [f"198.51.100.{n}, 203.0.113.1" for n in range(2)]  # what the client wrote itself stands before
        assert await tries(http, forged) == [429, 429]
        secure = await http.get("/healthz", headers={"X-Forwarded-Proto": "https"})
        assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    async with served(settings, database_url, "203.0.113.9") as http:
        assert await tries(http, [f"203.0.113.{n}" for n in range(12)]) == [401] * 10 + [429] * 2


def test_a_proxy_is_an_address_or_a_network() -> None:
    assert Settings(_env_file=None, trusted_proxies=" 10.0.0.5 , 192.168.7.0/24 ").trusted_proxies == (
        "10.0.0.5,192.168.7.0/24"
    )
    for wrong in ("*", "proxy.example.net", "10.0.0.5/24"):
        with pytest.raises(ValidationError, match="no IP address or network"):
            Settings(_env_file=None, trusted_proxies=wrong)


@pytest.mark.parametrize("path", ["/queues", "/locations", "/calls", "/audit-log", "/nodes", "/config/releases"])
async def test_a_filter_that_a_list_does_not_know_is_refused(admin: Client, path: str) -> None:
    assert (await admin.get(path, params={"limit": 5, "with_total": True})).status_code == 200
    answer = await admin.get(path, params={"limit": 5, "colour": "blue", "siez": "1"})
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert [one["field"] for one in errors] == ["colour", "siez"]
    assert "limit" in errors[0]["message"]
