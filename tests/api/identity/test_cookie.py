"""The web UI's login: its refresh token is in a cookie that scripts can't read."""

from datetime import timedelta

import httpx2
import time_machine

from controlplane.kit import clock
from tests.api.clients import ADMIN_EMAIL, PASSWORD, Client

LOGIN, REFRESH, LOGOUT = (f"/api/v1/auth/{what}" for what in ("login", "refresh", "logout"))


async def test_the_refresh_token_goes_into_a_cookie_that_is_renewed_and_taken_back(http: httpx2.AsyncClient) -> None:
    body = {"email": ADMIN_EMAIL, "password": PASSWORD, "cookie": True}
    first = await http.post(LOGIN, json=body)
    assert first.json()["refresh_token"] is None
    cookie = first.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/api/v1/auth"))
    assert "Secure" not in cookie, "plain http in a shop's own network must work"
    old = http.cookies["cp_refresh"]

    second = await http.post(REFRESH, json={})
    assert second.status_code == 200
    assert second.json()["refresh_token"] is None
    assert http.cookies["cp_refresh"] != old

    await http.post(LOGOUT, json={})
    assert "cp_refresh" not in http.cookies
    assert (await http.post(REFRESH, json={})).status_code == 401


async def test_over_https_the_cookie_is_secure(http: httpx2.AsyncClient) -> None:
    body = {"email": ADMIN_EMAIL, "password": PASSWORD, "cookie": True}
    answer = await http.post(f"https://test{LOGIN}", json=body)
    assert "Secure" in answer.headers["set-cookie"]


async def refreshed(http: httpx2.AsyncClient, token: str) -> httpx2.Response:
    """A refresh by a browser that holds this token."""
    http.cookies.clear()
    http.cookies.set("cp_refresh", token)
    return await http.post(REFRESH, json={})


async def logged_in(http: httpx2.AsyncClient) -> str:
    await http.post(LOGIN, json={"email": ADMIN_EMAIL, "password": PASSWORD, "cookie": True})
    return str(http.cookies["cp_refresh"])


def cookie_of(answer: httpx2.Response) -> str:
    return str(answer.headers["set-cookie"].partition("=")[2].partition(";")[0])


async def test_an_answer_lost_by_a_reload_is_given_again(http: httpx2.AsyncClient) -> None:
    first = await logged_in(http)
    lost = cookie_of(await refreshed(http, first))
    again = await refreshed(http, first)
    assert again.status_code == 200
    assert cookie_of(again) == lost, "tabs that ask at once stay with one token"
    me = {"Authorization": f"Bearer {again.json()['access_token']}"}
    assert (await http.get("/api/v1/auth/me", headers=me)).status_code == 200
    assert (await refreshed(http, lost)).status_code == 200


async def test_an_old_cookie_ends_the_session_once_a_newer_one_was_used(http: httpx2.AsyncClient) -> None:
    stolen = await logged_in(http)
    second = cookie_of(await refreshed(http, stolen))
    third = cookie_of(await refreshed(http, second))
    assert (await refreshed(http, stolen)).status_code == 401
    assert (await refreshed(http, third)).status_code == 401, "the session is over for the thief and for the owner"


async def test_asking_again_and_again_does_not_lengthen_the_grace(http: httpx2.AsyncClient) -> None:
    first = await logged_in(http)
    begun = clock.now()
    newest = cookie_of(await refreshed(http, first))
    with time_machine.travel(begun + timedelta(seconds=9)):
        assert (await refreshed(http, first)).status_code == 200
    with time_machine.travel(begun + timedelta(seconds=12)):
        assert (await refreshed(http, first)).status_code == 401
        assert (await refreshed(http, newest)).status_code == 401


async def test_there_is_no_grace_for_who_is_disabled(http: httpx2.AsyncClient, admin: Client, staff: Client) -> None:
    body = {"email": "staff@localhost", "password": PASSWORD, "cookie": True}
    await http.post(LOGIN, json=body)
    first = str(http.cookies["cp_refresh"])
    await refreshed(http, first)
    assert (await admin.patch(f"/users/{staff.user_id}", json={"disabled": True})).status_code == 200
    assert (await refreshed(http, first)).status_code == 401
