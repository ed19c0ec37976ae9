"""What people and programs send that they should not."""

import base64
import json
import re
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from controlplane.kit.destination import Kind
from controlplane.telephony.configuration import FIELDS
from controlplane.telephony.door import load_configuration
from tests.api.clients import Client
from tests.api.objects.examples import BODIES, HANGUP, PATHS, Ids, make

NASTY = {
    "punctuation": """a , ; & | $ { } [ ] " ' \\ ( ) < > b""",
    "dialplan": "${SHELL(touch /tmp/x)},n,System(id)",
    "line break": "one\nexten => s,1,NoOp()",
    "carriage return": "one\r\nAction: Originate",
    "trailing line break": "desk1\n",
    "nul": "one\0two",
    "escape": "one\x1b[2Jtwo",
    "line separator": "one\u2028two",
    "half an emoji": "one\ud83dtwo",
    "emoji": "Café ☎️ 🎉",
    "sql": "'; DROP TABLE config_objects; --",
    "html": "<script>alert(1)</script>",
    "long": "x" * 10_000,
    "empty": "",
    "blank": "   ",
}
REFUSED = {"line break", "carriage return", "nul", "escape", "line separator", "half an emoji",
           "long", "empty", "blank"}  # fmt: skip


Path = tuple[str | int, ...]
SOME_ID = "01a1fc2d-5bee-7ce4-b5f9-7bc0fe709ef8"


def cursor_of(value: Any) -> str:
    """A cursor that somebody made up."""
    return base64.urlsafe_b64encode(json.dumps([value, SOME_ID]).encode()).decode()


def texts_in(value: Any, path: Path = ()) -> list[Path]:
    """Paths of every text in a body."""
    if isinstance(value, str):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in items for found in texts_in(item, (*path, key))]


def replaced(value: Any, path: Path, new: str) -> Any:
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


ALWAYS_REFUSED = {"nul", "escape", "half an emoji", "long", "empty", "blank"}
SECRETS = {("password",), ("secret",), ("pin",)}
SPOKEN = {"text"}  # line breaks in it are spaces


@pytest.mark.parametrize("path", PATHS)
async def test_nasty_text_is_refused_by_field_or_carried_unharmed(admin: Client, ids: Ids, path: str) -> None:
    body = BODIES[path](1, ids)
    for what, nasty in NASTY.items():
        for field in texts_in(body):
            content = json.dumps(replaced(body, field, nasty))  # surrogates as \\ud83d, as a hostile client would
            answer = await admin.post(f"/{path}", content=content, headers={"content-type": "application/json"})
            if answer.status_code == 201:
                check_kept(path, field, what, answer.json())
                assert (await admin.delete(f"/{path}/{answer.json()['id']}")).status_code == 204
            else:
                assert answer.status_code == 422, (what, field, answer.text)
                dotted = ".".join(map(str, field))
                named = [error["field"] for error in answer.json()["errors"]]
                assert any(dotted.startswith(name) for name in named), (what, field, named)
    assert len((await admin.get(f"/{path}")).json()["items"]) == 1


def check_kept(path: str, field: Path, what: str, made: Any) -> None:
    if (path, field) == ("phone-numbers", ("name",)):
        return  # left empty, it is the number
    assert what not in REFUSED or (field[-1] in SPOKEN and what not in ALWAYS_REFUSED), (what, field)
    if field not in SECRETS:
        kept = at(made, field)
        assert kept == (" ".join(NASTY[what].split()) if field[-1] in SPOKEN else NASTY[what].strip())
        assert not re.search(r"[\x00-\x1f\u2028\u2029]", kept)


@pytest.mark.parametrize("what", NASTY)
async def test_nasty_filters_find_nothing_and_break_nothing(admin: Client, ids: Ids, what: str) -> None:
    value = NASTY[what].encode("utf-8", "surrogatepass")
    for name in ("q", "name", "number", "sort", "cursor", "location_id", "uses"):
        answer = await admin.get("/extensions", params={name: value})
        assert answer.status_code in {200, 422}, (name, answer.text)
        if answer.status_code == 200:
            assert answer.json()["items"] == []


@pytest.mark.parametrize(
    ("path", "changes", "field", "words"),
    [
        ("extensions", {"number": "12x"}, "number", "must be 2 to 8 digits"),
        ("extensions", {"ring_s": 0}, "ring_s", "must be at least 1"),
        ("extensions", {"ring": 3}, "ring", "is not a field here"),
        ("extensions", {"name": None}, "name", "must be text"),
        ("devices", {"secret": "short"}, "secret", "12 to 80 characters"),
        ("devices", {"secret": "abcdefghijkl;\nallow=all"}, "secret", "12 to 80 characters"),
        ("devices", {"name": "anna]"}, "name", "only letters"),
        ("voicemail-boxes", {"pin": "12a4"}, "pin", "4 to 10 digits"),
        ("trunks", {"host": "sip.example.net\n[evil]"}, "host", "not a host name"),
        ("trunks", {"host": "fe80::1%\n[evil]"}, "host", "not a host name"),
        ("trunks", {"source_networks": ["fe80::1%\n[evil]"]}, "source_networks.0", "not an IP address"),
        ("trunks", {"source_networks": ["0.0.0.0/0"]}, "source_networks.0", "too wide"),
        ("trunks", {"source_networks": ["2001::/16"]}, "source_networks.0", "too wide"),
        ("devices", {"name": "+12025550142"}, "name", "must not look like a phone number"),
        ("devices", {"name": "Trunk-7"}, "name", "must not begin with trunk-"),
        ("trunks", {"password": "a\nb"}, "password", "1 to 200 characters"),
        ("trunks", {"username": None}, "body", "needs a username"),
        ("queues", {"overflow": {"kind": "queue"}}, "overflow", "has an id and no number"),
        ("queues", {"overflow": {"kind": "away"}}, "overflow.kind", "must be"),
        ("time-conditions", {"timezone": "Mars/Base"}, "timezone", "unknown time zone"),
        ("time-conditions", {"open_hours": [{"days": ["mon"], "start": "18:00", "end": "09:00"}]}, "open_hours.0",
         "a span ends after it starts"),
        ("holiday-calendars", {"holidays": [{"date": "2026-02-30", "name": "x"}]}, "holidays.0.date", "date"),
        ("outbound-routes", {"pattern": "NXX\n"}, "pattern", "write digits"),
        ("phone-numbers", {"number": "12"}, "number", "not a phone number"),
    ],
)  # fmt: skip
async def test_errors_name_the_field_in_plain_words(
    admin: Client, ids: Ids, path: str, changes: dict[str, Any], field: str, words: str
) -> None:
    for answer in (
        await admin.post(f"/{path}", json={**BODIES[path](1, ids), **changes}),
        await admin.patch(f"/{path}/{ids[path]}", json=changes),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        errors = {error["field"]: error["message"] for error in answer.json()["errors"]}
        assert words in errors[field]
    assert (await admin.get(f"/{path}/{ids[path]}")).json()["version"] == 1


async def test_references_must_lead_to_the_right_kind_in_the_same_organisation(
    admin: Client, other_org_admin: Client, ids: Ids
) -> None:
    foreign = (await make(other_org_admin, "prompts", 1, {}))["id"]
    options = [{"digit": "1", "destination": HANGUP}, {"digit": "2", "destination": {"kind": "queue", "id": foreign}}]
    for wrong, words in ((foreign, "no such queue"), (ids["prompts"], "this is a prompt, not a queue")):
        options[1]["destination"] = {"kind": "queue", "id": wrong}
        answer = await admin.patch(f"/ivr-menus/{ids['ivr-menus']}", json={"options": options})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "options.1.destination.id"
        assert words in answer.json()["errors"][0]["message"]


async def test_an_object_may_name_itself_and_still_go(admin: Client, ids: Ids) -> None:
    menu = await make(admin, "ivr-menus", 1, ids)
    itself = {"kind": "ivr_menu", "id": menu["id"]}
    assert (await admin.patch(f"/ivr-menus/{menu['id']}", json={"on_timeout": itself})).status_code == 200
    assert (await admin.delete(f"/ivr-menus/{menu['id']}")).status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "field", "words"),
    [
        ("queues", {"number": "200"}, "number", "the extension 'Person 0'"),
        ("voicemail-boxes", {"number": "500"}, "number", "the voicemail box 'Box 0'"),
        ("phone-numbers", {"number": "+15551234000", "name": "again"}, "number", "in use on this installation"),
    ],
)
async def test_numbers_are_taken_once(
    admin: Client, ids: Ids, path: str, body: dict[str, str], field: str, words: str
) -> None:
    answer = await admin.post(f"/{path}", json={**BODIES[path](1, ids), **body})
    assert (answer.status_code, answer.json()["slug"]) == (409, "taken")
    assert answer.json()["errors"][0]["field"] == field
    assert words in answer.json()["errors"][0]["message"]


async def test_sip_users_and_phone_numbers_are_taken_over_all_organisations(
    admin: Client, other_org_admin: Client, ids: Ids
) -> None:
    theirs: Ids = {}
    for path in ("voicemail-boxes", "extensions"):
        theirs[path] = (await make(other_org_admin, path, 0, theirs))["id"]
    body = {"name": "DESK0", "extension_id": theirs["extensions"]}
    answer = await other_org_admin.post("/devices", json=body)
    assert answer.status_code == 409
    assert answer.json()["errors"] == [{"field": "name", "message": "is in use on this installation already"}]


async def test_secrets_are_shown_once_and_lie_sealed(
    admin: Client, ids: Ids, capfd: pytest.CaptureFixture[str]
) -> None:
    device = await make(admin, "devices", 1, ids, secret="Given-By-Hand-123")
    box = await make(admin, "voicemail-boxes", 1, ids, pin="987654")
    trunk = await make(admin, "trunks", 1, ids)
    turned = (await admin.post(f"/devices/{device['id']}/rotate-secret")).json()["secret"]
    pin = (await admin.post(f"/voicemail-boxes/{box['id']}/rotate-pin")).json()["pin"]
    assert (device["secret"], box["pin"]) == ("Given-By-Hand-123", "987654")
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", turned)
    assert re.fullmatch(r"[0-9]{6}", pin)
    assert (await admin.patch(f"/devices/{device['id']}", json={"secret": None})).status_code == 422
    assert (await admin.patch(f"/trunks/{trunk['id']}", json={"password": "New-Trunk-Secret"})).status_code == 200
    shown = [
        (await admin.get(url)).text
        for url in (f"/devices/{device['id']}", "/devices", f"/trunks/{trunk['id']}", "/trunks", "/voicemail-boxes",
                    "/audit-log?limit=500")
    ]  # fmt: skip
    async with admin.services.uow() as uow:
        tables = ("config_objects", "audit_log", "event_log", "procrastinate_jobs")
        for table in tables:
            rows = await uow.session.execute(text(f"SELECT {table}::text FROM {table}"))
            shown += [row[0] for row in rows]
        configuration = await load_configuration(uow.session, admin.services.crypto, "main")
    printed = capfd.readouterr()
    everything = "\n".join([*shown, printed.out, printed.err])
    for secret in ("Given-By-Hand-123", "987654", "Trunk-Secret-77", "New-Trunk-Secret", turned, f'"{pin}"'):
        assert secret not in everything
    opened = {str(one.id): dict(one.secrets) for one in configuration.objects if one.secrets}
    assert opened[device["id"]] == {"secret": turned}
    assert opened[box["id"]] == {"pin": pin}
    assert opened[trunk["id"]] == {"password": "New-Trunk-Secret"}
    assert turned not in repr(configuration)


async def test_a_trunks_password_can_be_removed(admin: Client, ids: Ids) -> None:
    assert (await admin.patch(f"/trunks/{ids['trunks']}", json={"password": None})).status_code == 200
    async with admin.services.uow() as uow:
        configuration = await load_configuration(uow.session, admin.services.crypto, "main")
    trunk = next(one for one in configuration.objects if one.fields.kind == Kind.TRUNK)
    assert trunk.secrets == {}


async def test_bodies_are_bounded(admin: Client, ids: Ids) -> None:
    answer = await admin.post("/prompts", content=b'{"name": "' + b"x" * 1_100_000 + b'"}')
    assert (answer.status_code, answer.json()["slug"]) == (413, "too-large")
    for body in (b"[" * 100_000, b"{", b'"text"', b"\xff\xfe", b"null"):
        answer = await admin.post("/prompts", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in {400, 422}
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/users?email=", "/users?role=", "/locations?name=", "/locations?node=", "/audit-log?actor=",
        "/audit-log?action=", "/audit-log?object_id=", "/calls?tag=", "/calls?q=", "/queues?cursor=", "/users?cursor=",
        "/config/releases?cursor=",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["%00", "a%00b", cursor_of("a\0b"), cursor_of(10**30), cursor_of(True)])
async def test_a_list_of_any_kind_outlives_nasty_filters(admin: Client, path: str, value: str) -> None:
    assert (await admin.get(path + value)).status_code in {200, 422}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/login", {"email": "a\0@localhost", "password": "x"}),
        ("/config/releases", {"reason": "a\0b"}),
        ("/locations", {"name": "Here", "timezone": "UTC\0"}),
    ],
)
async def test_nul_is_refused_everywhere(admin: Client, path: str, body: dict[str, Any]) -> None:
    assert (await admin.post(path, json=body)).status_code == 422


@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/api/v1/prompts", "/node/v1/enrol"])
@pytest.mark.parametrize("content_type", ["application/json", "audio/wav", "application/octet-stream"])
async def test_strangers_cannot_fill_the_memory(http: httpx2.AsyncClient, path: str, content_type: str) -> None:
    headers = {"content-type": content_type}
    answer = await http.post(path, content=bytes(1_000_001), headers=headers)
    assert (answer.status_code, answer.json()["slug"]) == (413, "too-large")


def test_every_kind_has_a_resource_here() -> None:
    assert set(FIELDS) == set(Kind)
    elsewhere = {Kind.LOCATION_ROUTING, Kind.FLOW_TEST}  # they have tests of their own
    assert len(PATHS) == len(set(Kind) - elsewhere)
