"""A small valid body for each kind of object, and a world in which all of them stand."""

from collections.abc import Callable
from typing import Any

from tests.api.clients import Client

Ids = dict[str, str]
HANGUP = {"kind": "hangup"}

BODIES: dict[str, Callable[[int, Ids], dict[str, Any]]] = {
    "trunks": lambda n, _: {
        "name": f"Carrier {n}", "identity": "registration", "host": "sip.example.net", "username": f"acme{n}",
        "password": "Trunk-Secret-77",
    },
    "prompts": lambda n, _: {"name": f"Prompt {n}", "text": f"Welcome number {n}"},
    "voicemail-boxes": lambda n, _: {"name": f"Box {n}", "number": f"{500 + n}", "email": "box@example.com"},
    "extensions": lambda n, ids: {
        "name": f"Person {n}", "number": f"{200 + n}", "voicemail_box_id": ids["voicemail-boxes"],
    },
    "devices": lambda n, ids: {"name": f"desk{n}", "extension_id": ids["extensions"]},
    "ring-groups": lambda n, ids: {
        "name": f"Group {n}", "number": f"{300 + n}", "extension_ids": [ids["extensions"]],
        "no_answer": {"kind": "voicemail", "id": ids["voicemail-boxes"]},
    },
    "queues": lambda n, ids: {
        "name": f"Queue {n}", "number": f"{400 + n}", "members": [{"extension_id": ids["extensions"]}],
        "overflow": HANGUP, "whisper": {"text": "Sales call"},
    },
    "ivr-menus": lambda n, ids: {
        "name": f"Menu {n}", "prompt": {"prompt_id": ids["prompts"]},
        "options": [
            {"digit": "1", "destination": {"kind": "queue", "id": ids["queues"]}},
            {"digit": "2", "destination": {"kind": "external_number", "number": "+1 555 123 4567"}},
        ],
        "on_timeout": HANGUP, "on_invalid": {"kind": "announcement", "id": ids["prompts"]},
    },
    "holiday-calendars": lambda n, _: {
        "name": f"Calendar {n}", "holidays": [{"date": "2026-12-25", "name": "Christmas"}],
    },
    "time-conditions": lambda n, ids: {
        "name": f"Hours {n}", "timezone": "America/New_York",
        "open_hours": [{"days": ["mon", "tue"], "start": "09:00", "end": "17:30"}],
        "holiday_calendar_ids": [ids["holiday-calendars"]],
        "open": {"kind": "ivr_menu", "id": ids["ivr-menus"]}, "closed": HANGUP,
    },
    "phone-numbers": lambda n, ids: {
        "number": f"+1555123{4000 + n}", "trunk_id": ids["trunks"],
        "destination": {"kind": "time_condition", "id": ids["time-conditions"]},
    },
    "outbound-routes": lambda n, ids: {"name": f"Route {n}", "pattern": "+1NXXNXXXXXX", "trunk_ids": [ids["trunks"]]},
    "routing-templates": lambda n, ids: {
        "name": f"Template {n}", "entry": "hours",
        "slots": {"mailbox": {"gives": "destination", "default": {"kind": "voicemail", "id": ids["voicemail-boxes"]}}},
        "parts": {
            "hours": {
                "kind": "time_condition", "open_hours": [{"days": ["mon"], "start": "09:00", "end": "17:30"}],
                "open": {"part": "phones"}, "closed": {"here": "mailbox"},
            },
            "phones": {
                "kind": "queue", "members": [{"here": "all_extensions", "penalty": 1}], "whisper": {"text": "A call"},
                "overflow": {"kind": "announcement", "id": ids["prompts"]},
            },
        },
    },
}  # fmt: skip
"""By REST path, in an order in which each needs only what stands before it."""

PATHS = tuple(BODIES)


async def make(client: Client, path: str, number: int, ids: Ids, **changes: Any) -> dict[str, Any]:
    """Creates one object and returns the answer."""
    answer = await client.post(f"/{path}", json={**BODIES[path](number, ids), **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def make_world(client: Client) -> Ids:
    """One object of each kind; their ids by path."""
    ids: Ids = {}
    for path in PATHS:
        ids[path] = (await make(client, path, 0, ids))["id"]
    return ids
