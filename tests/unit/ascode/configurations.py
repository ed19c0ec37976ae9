"""Any valid configuration: Hypothesis strategies for objects that name each other."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from controlplane.ascode.export import Place, Source
from controlplane.ascode.here import Here, Keys
from controlplane.ascode.shape import LOCATION
from controlplane.kit.destination import Kind
from controlplane.kit.text import one_line
from controlplane.objects.schemas import ObjectFields
from controlplane.telephony.configuration import FIELDS

NOTHING_HERE = Here({}, {})


def _is_name(text: str) -> bool:
    try:
        return one_line(text) == text
    except ValueError:
        return False


names = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(str.strip).filter(_is_name),
    st.sampled_from(
        ["null", "~", "no", "201", "0201", "10:30", "- x", "a: b", "'", '"', "#", "{x}", "2026-12-25", "=1"]
    ),
)
ids = st.uuids(version=4)


@st.composite
def configurations(draw: st.DrawFn) -> tuple[list[Place], list[Source], Keys]:
    """Locations, objects of every kind that routes, and how they are called."""
    world = _World(draw)
    world.places(draw(st.integers(0, 3)))
    calendars = world.make(Kind.HOLIDAY_CALENDAR, 2, lambda: {"holidays": world.holidays()})
    prompts = world.make(Kind.PROMPT, 3, lambda: {"text": draw(st.one_of(st.none(), world.sentences()))})
    boxes = world.make(Kind.VOICEMAIL_BOX, 3, lambda: {"number": world.number(), "greeting": world.spoken(prompts)},
                       secrets=("pin",))  # fmt: skip
    extensions = world.make(Kind.EXTENSION, 4, lambda: {
        "number": world.number(), "voicemail_box_id": world.maybe(boxes), "ring_s": draw(st.integers(1, 3600)),
        "enabled": draw(st.booleans()), "no_answer": world.goal({Kind.VOICEMAIL_BOX: boxes}),
    })  # fmt: skip
    queues = world.make(Kind.QUEUE, 3, lambda: {
        "members": [{"extension_id": one, "penalty": draw(st.integers(0, 100))} for one in world.some(extensions)],
        "overflow": world.goal({Kind.VOICEMAIL_BOX: boxes, Kind.EXTENSION: extensions}) or {"kind": "hangup"},
        "whisper": world.spoken(prompts),
        "recording": {"enabled": draw(st.booleans()), "consent": world.spoken(prompts)},
    })  # fmt: skip
    world.make(Kind.DEVICE, 3, lambda: {
        "name": f"desk{world.number()}", "extension_id": draw(st.sampled_from(extensions)),
        "codecs": draw(st.permutations(["opus", "g722", "ulaw"])),
    } if extensions else None, secrets=("secret",))  # fmt: skip
    goals = {Kind.QUEUE: queues, Kind.EXTENSION: extensions, Kind.PROMPT: prompts}
    menus = world.make(Kind.IVR_MENU, 2, lambda: {
        "prompt": world.spoken(prompts) or {"text": "Press 1"}, "on_timeout": world.sure_goal(goals),
        "on_invalid": world.sure_goal(goals),
        "options": [{"digit": digit, "destination": world.sure_goal(goals)} for digit in draw(st.sets(
            st.sampled_from("0123456789*#"), min_size=1))],
    })  # fmt: skip
    world.make(Kind.TIME_CONDITION, 2, lambda: {
        "timezone": "Europe/Berlin", "open_hours": [{"days": ["mon", "sun"], "start": "00:00", "end": "10:30"}],
        "holiday_calendar_ids": world.some(calendars), "open": world.sure_goal({Kind.IVR_MENU: menus}),
        "closed": world.sure_goal(goals),
    })  # fmt: skip
    return world.made_places, world.sources, world.keys


class _World:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.made_places: list[Place] = []
        self.sources: list[Source] = []
        self.keys = Keys()
        self._numbers = 200
        self._names: set[str] = set()

    def name(self) -> str:
        name = self.draw(names)
        while name.casefold() in self._names or name.lower() in self._names:
            name = f"{name} {len(self._names)}"
        return name

    def places(self, count: int) -> None:
        for _ in range(count):
            name, id_ = self.name(), self.draw(ids)
            self._names |= {name.casefold(), name.lower()}
            address = {"lines": ["Main Street 1"], "city": None, "region": None, "postcode": "01067", "country": "DE"}
            self.made_places.append(
                Place(id_, {"name": name, "timezone": "Europe/Berlin", "address": address, "node": "main"})
            )
            self.keys.add(LOCATION, id_, name, name)

    def number(self) -> str:
        self._numbers += 1
        return self.draw(st.sampled_from([str(self._numbers), f"0{self._numbers}"]))

    def make(self, kind: Kind, most: int, fields: Any, secrets: tuple[str, ...] = ()) -> list[UUID]:
        made = []
        for _ in range(self.draw(st.integers(0, most))):
            document = fields()
            if document is None:
                continue
            name, id_ = document.get("name") or self.name(), self.draw(ids)
            self._names |= {name.casefold(), name.lower()}
            place = self.maybe([one.id for one in self.made_places])
            read: ObjectFields = FIELDS[kind].model_validate({"name": name, "location_id": place, **document})
            self.sources.append(Source(id_, read, dict.fromkeys(secrets)))
            self.keys.add_object(id_, read)
            made.append(id_)
        return made

    def maybe(self, among: list[UUID]) -> UUID | None:
        return self.draw(st.one_of(st.none(), st.sampled_from(among))) if among else None

    def some(self, among: list[UUID]) -> list[UUID]:
        return self.draw(st.lists(st.sampled_from(among), unique=True)) if among else []

    def goal(self, among: dict[Kind, list[UUID]]) -> dict[str, Any] | None:
        found = [{"kind": str(kind).replace("voicemail_box", "voicemail").replace("prompt", "announcement"), "id": id_}
                 for kind, all_ in among.items() for id_ in all_]  # fmt: skip
        plain: list[dict[str, Any]] = [{"kind": "hangup"}, {"kind": "external_number", "number": "+15551234567"}]
        return self.draw(st.one_of(st.none(), st.sampled_from([*found, *plain])))

    def sure_goal(self, among: dict[Kind, list[UUID]]) -> dict[str, Any]:
        return self.goal(among) or {"kind": "hangup"}

    def sentences(self) -> st.SearchStrategy[str]:
        return names

    def spoken(self, prompts: list[UUID]) -> dict[str, Any] | None:
        prompt = self.maybe(prompts)
        return (
            {"prompt_id": prompt} if prompt else self.draw(st.one_of(st.none(), names.map(lambda one: {"text": one})))
        )

    def holidays(self) -> list[dict[str, Any]]:
        days = self.draw(st.lists(st.dates(), max_size=3, unique=True))
        return [{"date": day, "name": self.draw(names)} for day in days]
