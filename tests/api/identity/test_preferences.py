"""How a user wants the page."""

from tests.api.clients import Client

PATH = "/auth/me/preferences"


async def test_everybody_keeps_their_own(admin: Client, staff: Client) -> None:
    empty = await staff.get(PATH)
    assert empty.json() == {"document": {}}
    wanted = {"document": {"calls.views": [{"name": "<b>מתוקה 🎈</b>"}]}}
    saved = await staff.put(PATH, json=wanted, headers={"If-Match": empty.headers["ETag"]})
    assert saved.status_code == 200, saved.text
    assert (await staff.get(PATH)).json() == wanted
    assert (await admin.get(PATH)).json() == {"document": {}}
    stale = await staff.put(PATH, json={"document": {}}, headers={"If-Match": empty.headers["ETag"]})
    assert stale.status_code == 412
    assert (await staff.put(PATH, json={"document": {}})).headers["ETag"] == empty.headers["ETag"]
    (line, *_) = (await admin.get("/audit-log", params={"action": "preferences.update"})).json()["items"]
    assert line["actor"] == "staff@localhost"


async def test_they_are_small_and_a_persons(admin: Client) -> None:
    assert (await admin.put(PATH, json={"document": {"x": "y" * 70_000}})).status_code == 422
    assert (await admin.put(PATH, json={"document": [1]})).status_code == 422
    made = await admin.post("/api-keys", json={"name": "Program", "scopes": ["calls:read"]})
    as_program = {"Authorization": f"Bearer {made.json()['key']}"}
    assert (await admin.get(PATH, headers=as_program)).status_code == 403
