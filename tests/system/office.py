"""One organisation on a running system: configured through REST alone, used by real phones, asked through REST."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.lab import tones
from controlplane.lab.addresses import own_address
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.client import ApiClient, Json
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account, PhoneCall

ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HANGUP: Json = {"kind": "hangup"}
LOUD = 4000.0
"""What our own tones reach, and no music does on one frequency for long."""
LOST_S = 0.5
"""A gap in a tone that a busy machine may cause."""
CRUMB_S = 0.25
"""Asterisk's own beep before a message."""

_lines = itertools.count(200)  # those below belong to examples
_callers = itertools.count(1000)
_extensions = itertools.count(20_000)
_names = itertools.count(1)


def to(kind: str, id_: str) -> Json:
    """A destination."""
    return {"kind": kind, "id": id_}


@dataclass(frozen=True)
class Desk:
    """An extension and the device on it."""

    number: str
    id: str
    device: str
    device_id: str
    secret: str

    @property
    def here(self) -> Json:
        """The extension as a destination."""
        return to("extension", self.id)


class Office:
    """An organisation with a trunk, by which the whole telephone network reaches it."""

    def __init__(self, api: ApiClient, folder: Path, tag: str) -> None:
        self.api = api
        self.carrier = own_address()
        self.location = ""
        self._folder = folder
        self._tag = tag

    async def open(self) -> None:
        """Its first location and its trunk."""
        found = (await self.api.get("/locations"))["items"]
        location = found[0] if found else await self.api.post("/locations", {"name": "Shop", "timezone": "UTC"})
        self.location = location["id"]
        self.trunk = await self.make("trunks", name="Carrier", identity="ip", host=self.carrier, port=5060)
        await self.api.apply("Open")

    async def make(self, resource: str, **fields: Any) -> str:
        """Any object; gives its id."""
        plain = {"name": f"{resource} {next(_names)}", "location_id": self.location}
        made = await self.api.post(f"/{resource}", {**plain, **fields})
        return str(made["id"])

    async def desk(self, number: str = "", *, device: Json | None = None, **fields: Any) -> Desk:
        """An extension with a phone; without a number it gets one that nobody else has."""
        number = number or str(next(_extensions))
        extension = await self.make("extensions", **{"name": f"Desk {number}", **fields}, number=number)
        name = f"{self._tag}-{number}"
        made = await self.api.post(
            "/devices", {"name": name, "extension_id": extension, "codecs": ["ulaw"], **(device or {})}
        )
        return Desk(number, extension, name, made["id"], made["secret"])

    async def says(self, hz: float, seconds: float = 0.6) -> Json:
        """Something that is heard: an uploaded prompt which is one tone."""
        prompt = await self.prompt(hz, seconds)
        return {"prompt_id": prompt}

    async def prompt(self, hz: float, seconds: float = 0.6) -> str:
        """The same as an object; gives its id."""
        prompt = await self.make("prompts")
        wav = tones.write_wav(self._folder / f"{prompt}.wav", tones.tone(hz, seconds))
        sound = await self.api.put_content(f"/prompts/{prompt}/audio", wav.read_bytes())
        assert sound["state"] == "ready", sound
        return prompt

    async def trunks_up(self, *trunks: str) -> None:
        """Waits until the carriers have answered."""
        wanted = {f"trunk-{trunk.replace('-', '')}" for trunk in trunks}

        def all_up(page: Json) -> bool:
            states = page["items"][0]["trunks"]
            return all(states.get(endpoint) == "up" for endpoint in wanted)

        await self.api.until("/nodes", all_up, timeout_s=40, what="up")

    async def line(self, destination: Json, **fields: Any) -> str:
        """A new phone number that leads there."""
        number = f"+1202555{next(_lines):04}"
        await self.make("phone-numbers", name=f"Line {number}", number=number, destination=destination, **fields)
        return number


@asynccontextmanager
async def another_office(system: ThrowAwaySystem, name: str, tag: str) -> AsyncIterator[Office]:
    """An organisation of one's own on the same system; its API client ends with it."""
    async with ApiClient(system.settings.api_url) as api:
        await api.login(system.settings.admin_email, PASSWORD)
        api.work_in((await api.post("/organizations", {"name": name}))["id"])
        office = Office(api, system.folder, tag)
        await office.open()
        yield office


class Phones:
    """The phones of one test; all of them stop at its end."""

    def __init__(self, tools: BaresipTools, system: ThrowAwaySystem, folder: Path, stack: AsyncExitStack) -> None:
        self.server = system.running.sip_address
        self.folder = folder
        self._tools = tools
        self._layout = system.running.layout
        self._stack = stack

    async def at(self, desk: Desk, hz: float = 0, *, answer_after_s: float | None = None, **account: Any) -> Phone:
        """The registered phone of a desk; it says a tone."""
        phone = await self.start(Account(desk.device, self.server, desk.secret, **account), hz, answer_after_s)
        await phone.register()
        return phone

    async def secure_at(self, desk: Desk, hz: float = 0, *, answer_after_s: float | None = None) -> Phone:
        """The same by TLS and SRTP."""
        layout = self._layout
        account = Account(
            desk.device, f"{layout.bind_address}:{layout.ports.sip_tls}", desk.secret,
            transport="tls", srtp=True, ca_file=layout.tls_cert,
        )  # fmt: skip
        phone = await self.start(account, hz, answer_after_s)
        await phone.register()
        return phone

    async def outside(self, office: Office, hz: float = 440, *, name: str = "") -> Phone:
        """Somebody in the telephone network, with a number of their own."""
        return await self.start(Account.of_carrier(new_caller(), self.server, name), hz, address=office.carrier)

    async def carrier(self, address: str, hz: float = 0, answer_after_s: float | None = 0.1) -> Phone:
        """The far side of a trunk, to which our calls go. Asterisk passes over a trunk that doesn't answer OPTIONS."""
        account = Account.of_carrier("carrier", self.server)
        return await self.start(account, hz, answer_after_s, address=address, sip_port=5060)

    async def start(
        self, account: Account, hz: float = 0, answer_after_s: float | None = None, **more: Any
    ) -> Phone:  # fmt: skip
        """Any phone."""
        says = self.tone(hz) if hz else None
        folder = self.folder / f"{account.user}-{len(list(self.folder.iterdir()))}"
        phone = Phone(self._tools, folder, account, plays=says, answer_after_s=answer_after_s, **more)
        return await self._stack.enter_async_context(phone)

    def tone(self, hz: float, seconds: float = 300) -> Path:
        """What a phone says."""
        return tones.write_wav(self.folder / f"{hz:.0f}.wav", tones.tone(hz, seconds))


class Told:
    """What the API tells of the calls of one test."""

    def __init__(self, api: ApiClient, since: datetime) -> None:
        self.api = api
        self._since = since

    def of(self, office: Office) -> "Told":
        """The same for another organisation."""
        return Told(office.api, self._since)

    async def call(self, number: str, ready: Callable[[Json], Any] = lambda _: True) -> Json:
        """The one call that this number made or got, once it is over."""
        page = await self.api.until(
            "/calls",
            lambda page: bool(page["items"]) and all(one["ended_at"] and ready(one) for one in page["items"]),
            timeout_s=60, what=f"told of a call of {number}", number=number, **{"from": self._since.isoformat()},
        )  # fmt: skip
        assert len(page["items"]) == 1, page["items"]
        call = await self.api.get(f"/calls/{page['items'][0]['id']}")
        assert call["flags"] == []
        return call

    async def nothing_of(self, number: str) -> bool:
        """Whether no call of this number is known."""
        return not (await self.api.get("/calls", number=number, **{"from": self._since.isoformat()}))["items"]

    async def sound(self, path: str, file: Path) -> Path:
        """A recording or a message, fetched."""
        file.write_bytes(await self.api.content(path))  # noqa: ASYNC240 - small
        return file


def new_caller() -> str:
    """A number in the telephone network that nobody else has."""
    return f"+1310555{next(_callers):04}"


def story(call: Json) -> list[str]:
    """The timeline in short: `arrived`, `sent to queue key`, `key 1 chosen`."""
    return [
        " ".join(
            str(word)
            for word in (step["what"], step.get("digit"), (step["where"] or {}).get("kind"), step["why"])
            if word
        )
        for step in call["timeline"]
    ]


def legs(call: Json, role: Literal["caller", "phone", "trunk"]) -> list[Json]:
    """The parts of a call that played this role."""
    return [leg for leg in call["legs"] if leg["role"] == role]


def hears(path: Path, *wanted: float) -> list[float]:
    """Which of our tones are heard, each as often as it begins, in order of time.

    Lost packets don't end a tone. When nothing comes any more, baresip keeps back the last 0.15 s of a sound and plays
    them before the next one: such crumbs don't count.
    """
    return _tones_in(*tones.read_audio(path), wanted)


async def wait_heard(call: PhoneCall, *wanted: float, timeout_s: float = 60) -> None:
    """Waits until just these tones have been heard in the running call, in this order."""
    heard: list[float] = []
    try:
        async with asyncio.timeout(timeout_s):
            while heard != list(wanted):  # sound brings no event
                await asyncio.sleep(0.1)
                heard = _tones_in(call.recording.samples(), tones.SAMPLE_RATE, set(wanted))
    except TimeoutError as late:
        samples = call.recording.samples()
        spans = tones.spans_in(samples, tones.SAMPLE_RATE, sorted(set(wanted)))
        raise AssertionError(f"heard {spans} in {len(samples) / tones.SAMPLE_RATE:.1f} s, not {wanted}") from late


def _tones_in(samples: tones.Samples, rate: int, wanted: Collection[float]) -> list[float]:
    found: list[tones.ToneSpan] = []
    for span in tones.spans_in(samples, rate, list(wanted), threshold=LOUD):
        before = next((one for one in reversed(found) if one.hz == span.hz), None)
        if before is None or span.start_s - before.end_s > LOST_S:
            found.append(span)
        else:
            found[found.index(before)] = replace(before, end_s=span.end_s)
    return [span.hz for span in found if span.duration_s > CRUMB_S]


async def talk(one: Phone, one_hz: float, other: Phone, other_hz: float) -> None:
    """Waits until both hear each other well."""
    await asyncio.gather(wait_heard(one.current, other_hz), wait_heard(other.current, one_hz))


async def hang_up(phone: Phone, call: PhoneCall, *others: tuple[Phone, PhoneCall]) -> None:
    """Ends a call and waits until it has ended everywhere."""
    await phone.hangup(call)
    await asyncio.gather(phone.wait_closed(call), *(other.wait_closed(theirs) for other, theirs in others))
