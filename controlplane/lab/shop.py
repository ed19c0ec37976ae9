"""A small shop, set up through the REST API alone: what the demo and many tests call."""

from dataclasses import dataclass, field
from typing import Any

from controlplane.lab.client import ApiClient, Json

MENU_TEXT = "Thank you for calling the corner shop. For sales, press one. To leave a message, press two."
WHISPER_TEXT = "Sales call from the web shop."
GREETING_TEXT = "Nobody is here right now. Please leave a message after the tone."
NUMBER = "+12025550142"
ALL_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass
class Shop:
    """What was made. ``secrets`` has each device's SIP password by its name."""

    carrier: str
    ids: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    menu_text: str = MENU_TEXT
    whisper_text: str = WHISPER_TEXT
    greeting_text: str = GREETING_TEXT
    number: str = NUMBER


async def open_shop(api: ApiClient, *, carrier_address: str) -> Shop:
    """A number with hours, a menu, a queue with whisper and recording, two phones and a voicemail box; applied.

    Key 1 of the menu leads to the queue, whose member is 201; key 2 to the box of 202.

    Args:
        api: An admin.
        carrier_address: Where the trunk's calls come from and go to.
    """
    shop = Shop(carrier=carrier_address)
    location = (await api.get("/locations"))["items"][0]["id"]
    shop.ids["location"] = location

    async def make(resource: str, key: str, **fields: Any) -> Json:
        made = await api.post(f"/{resource}", {"name": key.title(), "location_id": location, **fields})
        shop.ids[key] = made["id"]
        return made

    def to(kind: str, key: str) -> Json:
        return {"kind": kind, "id": shop.ids[key]}

    await make("trunks", "carrier", identity="ip", host=carrier_address, port=5060)
    await make("voicemail-boxes", "box", number="202", greeting={"text": shop.greeting_text}, pin="4711")
    await make("extensions", "sales phone", number="201")
    await make("extensions", "office", number="202", voicemail_box_id=shop.ids["box"])
    for name, key in (("desk-201", "sales phone"), ("desk-202", "office")):
        device = await make("devices", name, name=name, extension_id=shop.ids[key], codecs=["ulaw"])
        shop.secrets[name] = device["secret"]
    await make(
        "queues",
        "sales",
        members=[{"extension_id": shop.ids["sales phone"]}],
        whisper={"text": shop.whisper_text},
        recording={"enabled": True},
        overflow=to("voicemail", "box"),
    )
    await make(
        "ivr-menus",
        "main menu",
        prompt={"text": shop.menu_text},
        options=[
            {"digit": "1", "destination": to("queue", "sales")},
            {"digit": "2", "destination": to("voicemail", "box")},
        ],
        on_timeout={"kind": "hangup"},
        on_invalid={"kind": "hangup"},
    )
    await make(
        "time-conditions",
        "opening hours",
        open_hours=[{"days": ALL_WEEK, "start": "00:00", "end": "00:00"}],
        open=to("ivr_menu", "main menu"),
        closed=to("voicemail", "box"),
    )
    await make("phone-numbers", "shop line", number=shop.number, destination=to("time_condition", "opening hours"))
    await make("outbound-routes", "all calls", pattern="+X.", trunk_ids=[shop.ids["carrier"]])
    await make(
        "outbound-routes", "emergency", pattern="911", trunk_ids=[shop.ids["carrier"]], emergency=True, position=1
    )
    await api.apply("Open the shop")
    return shop
