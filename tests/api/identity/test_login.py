"""Logging in, staying in, being put out."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import time_machine
from sqlalchemy import text

from controlplane.identity import jobs
from controlplane.kit import clock
from tests.api.clients import ADMIN_EMAIL, PASSWORD, Client

LOGIN = "/api/v1/auth/login"
REFRESH = "/api/v1/auth/refresh"
ME = "/api/v1/auth/me"


async def tokens_of(http: httpx2.AsyncClient, email: str = ADMIN_EMAIL) -> dict[str, Any]:
    answer = await http.post(LOGIN, json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def bearer(token: str) -> dict[str, Any]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_login_gives_tokens_that_say_who_one_is(http: httpx2.AsyncClient) -> None:
    tokens = await tokens_of(http, "Admin@LOCALHOST")
    assert tokens["expires_in_s"] == 900
    me = (await http.get(ME, headers=bearer(tokens["access_token"]))).json()
    assert me["user"]["email"] == ADMIN_EMAIL
    assert me["organization"] == "My organisation"
    assert "queues:write" in me["scopes"]


async def test_who_has_a_role_of_the_organisation_s_own_gets_in(http: httpx2.AsyncClient, admin: Client) -> None:
    await admin.post("/roles", json={"name": "Clerk", "scopes": ["calls:read"]})
    clerk = {"email": "clerk@localhost", "name": "Clerk", "role": "Clerk", "password": PASSWORD}
    assert (await admin.post("/users", json=clerk)).status_code == 201
    tokens = await tokens_of(http, "clerk@localhost")
    me = (await http.get(ME, headers=bearer(tokens["access_token"]))).json()
    assert me["scopes"] == ["calls:read"]


@pytest.mark.parametrize(("email", "password"), [("nobody@localhost", PASSWORD), (ADMIN_EMAIL, "wrong password")])
async def test_a_wrong_login_does_not_tell_what_was_wrong(http: httpx2.AsyncClient, email: str, password: str) -> None:
    answer = await http.post(LOGIN, json={"email": email, "password": password})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "The e-mail address or the password is wrong."


async def test_an_unknown_user_takes_as_long_as_a_known_one(http: httpx2.AsyncClient) -> None:
    async def quickest(email: str) -> float:
        tries = []
        for _ in range(5):
            begun = time.process_time()
            await http.post(LOGIN, json={"email": email, "password": "wrong password"})
            tries.append(time.process_time() - begun)
        return min(tries)

    known, unknown = await quickest(ADMIN_EMAIL), await quickest("nobody@localhost")
    assert 0.5 < known / unknown < 2


async def test_the_eleventh_try_in_a_minute_has_to_wait(http: httpx2.AsyncClient) -> None:
    answers = [await http.post(LOGIN, json={"email": "x@localhost", "password": "x"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert await tokens_of(http)  # another user is not locked out


async def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_session(http: httpx2.AsyncClient) -> None:
    first = await tokens_of(http)
    second = (await http.post(REFRESH, json={"refresh_token": first["refresh_token"]})).json()
    assert (await http.get(ME, headers=bearer(second["access_token"]))).status_code == 200
    reuse = await http.post(REFRESH, json={"refresh_token": first["refresh_token"]})
    assert reuse.status_code == 401
    assert (await http.get(ME, headers=bearer(second["access_token"]))).status_code == 401
    assert (await http.post(REFRESH, json={"refresh_token": second["refresh_token"]})).status_code == 401


async def test_two_refreshes_at_once_cannot_both_win(http: httpx2.AsyncClient) -> None:
    body = {"refresh_token": (await tokens_of(http))["refresh_token"]}
    answers = await asyncio.gather(http.post(REFRESH, json=body), http.post(REFRESH, json=body))
    assert sorted(answer.status_code for answer in answers) == [200, 401]


async def test_a_session_ends_after_thirty_days_without_a_refresh(http: httpx2.AsyncClient) -> None:
    tokens = await tokens_of(http)
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=1)):
        answer = await http.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})
    assert answer.status_code == 401


async def test_an_access_token_ends_after_fifteen_minutes(http: httpx2.AsyncClient) -> None:
    tokens = await tokens_of(http)
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        assert (await http.get(ME, headers=bearer(tokens["access_token"]))).status_code == 401


async def test_logging_out_ends_the_access_token_at_once(http: httpx2.AsyncClient) -> None:
    tokens = await tokens_of(http)
    body = {"refresh_token": tokens["refresh_token"]}
    assert (await http.post("/api/v1/auth/logout", json=body)).status_code == 204
    assert (await http.get(ME, headers=bearer(tokens["access_token"]))).status_code == 401
    assert (await http.post("/api/v1/auth/logout", json=body)).status_code == 204


@pytest.mark.parametrize("token", ["x", "a.b.c", "cpk_nonsense", "..", "eyJhbGciOiJub25lIn0.e30."])
async def test_nonsense_is_no_token(http: httpx2.AsyncClient, token: str) -> None:
    answer = await http.get(ME, headers=bearer(token))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["x" * 30, "00000000000000000000000000000000.abc", "é" * 30])
async def test_nonsense_is_no_refresh_token(http: httpx2.AsyncClient, token: str) -> None:
    assert (await http.post(REFRESH, json={"refresh_token": token})).status_code == 401


async def test_without_a_token_there_is_no_way_in(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/v1/users")
    assert answer.status_code == 401
    assert answer.json()["slug"] == "unauthorized"


async def test_a_new_password_ends_the_other_logins(http: httpx2.AsyncClient, staff: Client) -> None:
    other = await tokens_of(http, "staff@localhost")
    wrong = await staff.post("/auth/password", json={"current_password": "no", "new_password": "a new long one"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "current_password"
    right = {"current_password": PASSWORD, "new_password": "a new long one"}
    assert (await staff.post("/auth/password", json=right)).status_code == 204
    assert (await staff.get("/auth/me")).status_code == 200
    assert (await http.get(ME, headers=bearer(other["access_token"]))).status_code == 401
    answer = await http.post(LOGIN, json={"email": "staff@localhost", "password": "a new long one"})
    assert answer.status_code == 200


async def test_a_key_has_no_logins_of_its_own(http: httpx2.AsyncClient, admin: Client, staff: Client) -> None:
    made = (await admin.post("/api-keys", json={"name": "reports", "scopes": ["calls:read"]})).json()
    key = {"Authorization": f"Bearer {made['key']}"}
    refused = await http.get("/api/v1/sessions", headers=key)
    assert (refused.status_code, "sessions:read" in refused.text) == (403, True)
    theirs = (await staff.get("/sessions")).json()["items"][0]["id"]
    assert (await http.delete(f"/api/v1/sessions/{theirs}", headers=key)).status_code in {403, 404}
    assert (await staff.get("/auth/me")).status_code == 200


async def test_a_session_can_be_listed_and_revoked(http: httpx2.AsyncClient, staff: Client) -> None:
    other = await tokens_of(http, "staff@localhost")
    sessions = (await staff.get("/sessions")).json()["items"]
    assert sorted(session["current"] for session in sessions) == [False, True]
    stranger = next(session for session in sessions if not session["current"])
    assert (await staff.delete(f"/sessions/{stranger['id']}")).status_code == 204
    assert (await http.get(ME, headers=bearer(other["access_token"]))).status_code == 401
    assert len((await staff.get("/sessions")).json()["items"]) == 1


async def test_somebody_elses_session_is_not_there(staff: Client, manager: Client, admin: Client) -> None:
    theirs = (await manager.get("/sessions")).json()["items"][0]["id"]
    assert (await staff.delete(f"/sessions/{theirs}")).status_code == 404
    assert (await manager.get("/auth/me")).status_code == 200
    assert (await admin.delete(f"/sessions/{theirs}")).status_code == 204
    assert (await manager.get("/auth/me")).status_code == 401


async def test_logins_that_ended_a_month_ago_are_forgotten(http: httpx2.AsyncClient, staff: Client) -> None:
    await tokens_of(http)
    ended = await tokens_of(http)
    await http.post("/api/v1/auth/logout", json={"refresh_token": ended["refresh_token"]})
    services = staff.services

    async def kept() -> int:
        async with services.uow() as uow:
            return int(await uow.session.scalar(text("SELECT count(*) FROM sessions")) or 0)

    await jobs.tidy(services)
    assert await kept() == 3
    with time_machine.travel(clock.now() + timedelta(days=31)):
        await jobs.tidy(services)  # the others expired yesterday
    assert await kept() == 2
    with time_machine.travel(clock.now() + timedelta(days=61)):
        await jobs.tidy(services)
    assert await kept() == 0
