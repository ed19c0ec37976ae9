"""The web UI's login: its refresh token is in a cookie that scripts can't read."""

import httpx2

from tests.api.clients import ADMIN_EMAIL, PASSWORD

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
