"""What the API tells of the installation itself."""

import httpx2

from tests.api.clients import Client


async def test_installation_admins_see_settings_but_no_secret(admin: Client) -> None:
    answer = await admin.get("/system")
    told = {one["name"]: one for one in answer.json()["settings"]}
    assert told["CP_HTTP_PORT"]["value"] == "8000"
    assert told["CP_SECRET_KEY"] == {**told["CP_SECRET_KEY"], "value": None, "secret": True, "is_set": True}
    settings = admin.services.settings
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() not in answer.text
    assert all(one["value"] is None for one in told.values() if one["secret"])


async def test_everybody_else_sees_the_version_alone(
    manager: Client, other_org_admin: Client, http: httpx2.AsyncClient
) -> None:
    for client in (manager, other_org_admin):
        told = (await client.get("/system")).json()
        assert told["version"]
        assert told["settings"] == []
    assert (await http.get("/api/v1/system")).status_code == 401
