"""An example PBX, made of the same objects that the API stores."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from controlplane.identity.schemas import LocationInfo, OrganizationInfo
from controlplane.kit.destination import Kind, Spoken
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.telephony.configuration import FIELDS, Configuration, Sound, sound_key


def uid(number: int) -> UUID:
    """A short id that reads well in a golden file."""
    return UUID(int=(0xC0DE << 112) | number)


ORG = uid(1)
STORE = uid(2)


class Builder:
    """Collects objects; every text that is spoken has a sound, unless `silent` names it."""

    def __init__(self, org: UUID = ORG, name: str = "Example & Sons", timezone: str = "America/New_York") -> None:
        self.org = org
        self.organizations = {org: OrganizationInfo(org, name)}
        self.locations = {STORE: LocationInfo(STORE, org, "Store 12", timezone, "node1")}
        self.objects: list[Stored[ObjectFields]] = []
        self.sounds: dict[str, Sound] = {}

    def add(self, key: int, kind: Kind, secrets: Mapping[str, str] | None = None, /, **fields: Any) -> UUID:
        """One object; returns its id."""
        id_ = uid(key)
        parsed = FIELDS[kind].model_validate({"name": f"{kind} {key}", **fields})
        self.objects.append(Stored(id_, self.org, 1, parsed, secrets or {}))
        return id_

    def sound(self, spoken: str | UUID, sha: str) -> None:
        """A sound that is ready for a text or a prompt."""
        made = Spoken(prompt_id=spoken) if isinstance(spoken, UUID) else Spoken(text=spoken)
        self.sounds[sound_key(made)] = Sound({"wav": sha * 64, "wav16": sha * 64}, 1000)

    def configuration(self, node: str = "node1") -> Configuration:
        """What a release is made of."""
        objects = tuple(sorted(self.objects, key=lambda one: one.id))
        return Configuration(node, self.organizations, self.locations, objects, self.sounds)


def to(kind: str, id_: UUID | None = None, number: str | None = None) -> dict[str, Any]:
    """A destination."""
    return {"kind": kind, "id": id_, "number": number}


def example() -> Builder:
    """One of everything: a small shop with hours, a menu, a queue, voicemail and two trunks."""
    made = Builder()
    made.sound("Welcome to Example and Sons. For sales, press 1.", "a")
    made.sound("A caller for sales.", "b")
    made.sound("This call is recorded.", "c")
    made.sound("That is not a choice.", "d")
    made.sound("We are closed for good.", "e")
    made.add(10, Kind.TRUNK, {"password": "p;w\\;x>"}, name="Carrier A", identity="registration", host="sip.a.example",
             username="acme", number_format="national", country="US", transport="tls", max_calls=20)  # fmt: skip
    made.add(11, Kind.TRUNK, name="Carrier B", identity="ip", host="192.0.2.7", country="GB",
             source_networks=["192.0.2.0/28"], caller_id={"mode": "fixed", "number": "+442071838750"},
             trust_caller_name=False)  # fmt: skip
    box = made.add(50, Kind.VOICEMAIL_BOX, {"pin": "4711"}, name="Sales messages", number="900")
    alice = made.add(20, Kind.EXTENSION, name='Alice "Ace" O\'Neil; boss', number="201", voicemail_box_id=box,
                     location_id=STORE, caller_number="+12125550101")  # fmt: skip
    bob = made.add(21, Kind.EXTENSION, name="Bob", number="202", no_answer=to("hangup"), busy=to("extension", alice))
    made.add(30, Kind.DEVICE, {"secret": "alice-desk-secret"}, name="alice-desk", extension_id=alice, location_id=STORE)
    made.add(31, Kind.DEVICE, {"secret": "alice-web-secret"}, name="alice-web", extension_id=alice, media="webrtc",
             max_contacts=3)  # fmt: skip
    made.add(32, Kind.DEVICE, {"secret": "bob-phone-secret"}, name="Bob.Phone", extension_id=bob, media="srtp")
    queue = made.add(40, Kind.QUEUE, name="Sales", number="600", strategy="rrmemory", overflow=to("voicemail", box),
                     members=[{"extension_id": alice}, {"extension_id": bob, "penalty": 5}], announce_position=True,
                     whisper={"text": "A caller for sales."},
                     recording={"enabled": True, "consent": {"text": "This call is recorded."}})  # fmt: skip
    group = made.add(41, Kind.RING_GROUP, name="Everyone", number="610", strategy="in_turn",
                     extension_ids=[bob, alice], no_answer=to("queue", queue))  # fmt: skip
    prompt = made.add(60, Kind.PROMPT, name="Closed", text="We are closed for good.")
    made.sound(prompt, "e")
    calendar = made.add(70, Kind.HOLIDAY_CALENDAR, name="US holidays",
                        holidays=[{"date": "2026-12-25", "name": "Christmas"}])  # fmt: skip
    menu = made.add(42, Kind.IVR_MENU, name="Main menu",
                    prompt={"text": "Welcome to Example and Sons. For sales, press 1."},
                    invalid_prompt={"text": "That is not a choice."}, dial_extensions=True,
                    options=[{"digit": "1", "destination": to("queue", queue)},
                             {"digit": "2", "destination": to("external_number", number="+12125559999")},
                             {"digit": "9", "destination": to("ivr_menu", uid(42))}],
                    on_timeout=to("extension", bob), on_invalid=to("hangup"))  # fmt: skip
    hours = made.add(71, Kind.TIME_CONDITION, name="Opening hours", location_id=STORE, holiday_calendar_ids=[calendar],
                     open_hours=[{"days": ["mon", "tue", "fri"], "start": "09:00", "end": "17:30"},
                                 {"days": ["sat"], "start": "10:00", "end": "00:00"}],
                     open=to("ivr_menu", menu), closed=to("voicemail", box),
                     holiday=to("announcement", prompt))  # fmt: skip
    made.add(80, Kind.PHONE_NUMBER, number="+12125550100", destination=to("time_condition", hours),
             location_id=STORE, caller_name_prefix="Shop")  # fmt: skip
    made.add(81, Kind.PHONE_NUMBER, number="+442071838750", destination=to("ring_group", group), trunk_id=uid(11),
             recording={"enabled": True})  # fmt: skip
    made.add(90, Kind.OUTBOUND_ROUTE, name="Emergency", position=1, pattern="911", trunk_ids=[uid(10), uid(11)],
             emergency=True)  # fmt: skip
    made.add(91, Kind.OUTBOUND_ROUTE, name="USA", position=10, pattern="9NXXNXXXXXX", strip=1, prepend="+1",
             trunk_ids=[uid(10), uid(11)], caller_number="+12125550100")  # fmt: skip
    made.add(92, Kind.OUTBOUND_ROUTE, name="World", position=20, pattern="+X.", trunk_ids=[uid(11)])
    return made
