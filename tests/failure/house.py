"""A small business whose calls must survive everything: configured, called and asked about."""

import asyncio
import contextlib
import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil
import psycopg

from controlplane.entrypoints.supervisor import Child
from controlplane.lab import sipp, tones
from controlplane.lab.addresses import own_address
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.client import ApiClient, Json
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account, PhoneCall
from controlplane.lab.process import LabError
from controlplane.node.layout import AsteriskLayout

CALLER_HZ, DESK_HZ = 440.0, 1000.0
SALES = "+12025550101"  # a recorded queue, whose member is the desk
PHONES = "+12025550102"  # an extension that answers as many calls as come
BOX = "+12025550103"  # a voicemail box
LONG_TALK_S = 900  # says more than the slowest machine needs to start the system once more
HANGUP: Json = {"kind": "hangup"}

_callers = itertools.count(1000)


def new_caller() -> str:
    """A number in the telephone network that nobody else has: its calls are found by it."""
    return f"+1310555{next(_callers):04}"


@dataclass
class House:
    """An organisation on a running system."""

    api: ApiClient
    server: str
    layout: AsteriskLayout
    database_url: str
    tree: Path
    carrier: str = field(default_factory=own_address)
    location: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    async def open(self) -> None:
        """Configures it through REST alone, and applies that."""
        self.location = (await self.api.get("/locations"))["items"][0]["id"]
        await self.make("trunks", "carrier", identity="ip", host=self.carrier, port=5060)
        await self.make("voicemail-boxes", "box", number="300", greeting=await self.tone_prompt("greeting", 600))
        for name, number in (("desk", "201"), ("crowd", "202")):
            await self.make("extensions", name, number=number, ring_s=60)
            device = await self.make(
                "devices", f"{name}-phone", extension_id=self.ids[name], codecs=["ulaw"], max_contacts=2
            )
            self.secrets[name] = device["secret"]
        await self.make(
            "queues", "sales", members=[{"extension_id": self.ids["desk"]}], recording={"enabled": True},
            overflow=HANGUP,
        )  # fmt: skip
        await self.line(SALES, "queue", "sales")
        await self.line(PHONES, "extension", "crowd")
        await self.line(BOX, "voicemail", "box")
        await self.api.apply("Open")

    async def make(self, resource: str, name: str, **fields: Any) -> Json:
        """Any object; its id is kept under its name."""
        made = await self.api.post(f"/{resource}", {"name": name, "location_id": self.location, **fields})
        self.ids[name] = made["id"]
        return made

    async def line(self, number: str, kind: str, name: str) -> None:
        """A phone number that leads to an object."""
        await self.make("phone-numbers", number, number=number, destination={"kind": kind, "id": self.ids[name]})

    async def tone_prompt(self, name: str, hz: float) -> Json:
        """A sound callers hear that needs no voice."""
        prompt = await self.make("prompts", name)
        wav = tones.write_wav(self.layout.root / f"{name}.wav", tones.tone(hz, 0.3))
        await self.api.put_content(f"/prompts/{prompt['id']}/audio", wav.read_bytes())
        return {"prompt_id": prompt["id"]}

    # Phones and calls

    @contextlib.asynccontextmanager
    async def crowd(self, folder: Path) -> AsyncIterator[None]:
        """Phones that answer every call to `PHONES` at once."""
        users = [("crowd-phone", self.secrets["crowd"])]
        async with sipp.registering(self._sipp, folder / "register", self.server, users) as phones:
            registered = await phones.finished(20)
        assert registered.successful == 1, registered.errors
        where = {"address": phones.address, "port": phones.port}
        async with sipp.answering(self._sipp, folder / "answer", **where):  # type: ignore[arg-type]
            yield

    async def call_crowd(self, folder: Path, calls: int, *, rate: float = 10, caller: str = "") -> str:
        """That many calls of a second each to phones that answer; gives the number they came from."""
        return await self._calls(folder, PHONES, calls, rate=rate, talk_ms=1000, caller=caller or new_caller())

    async def leave_message(self, folder: Path) -> str:
        """A message of some three seconds into the box; gives the number it came from."""
        speech = tones.write_ulaw(folder / "message.ulaw", tones.tone(CALLER_HZ, 6))
        return await self._calls(folder, BOX, 1, rate=1, talk_ms=4500, media=speech, caller=new_caller())

    async def _calls(self, folder: Path, number: str, calls: int, *, rate: float, **caller: Any) -> str:
        who = sipp.Caller(caller.pop("caller"), **caller)
        load = sipp.Load(calls=calls, rate=rate)
        async with sipp.carrier_calls(
            self._sipp, folder / f"calls{who.number}", self.server, [number], caller=who, load=load,
            address=self.carrier,
        ) as carrier:  # fmt: skip
            result = await carrier.finished(30 + 3 * calls / rate)
        assert result.successful == calls, result.errors
        return who.number

    @property
    def _sipp(self) -> Path:
        return self.tree / "bin" / "sipp"

    @contextlib.asynccontextmanager
    async def talk(self, folder: Path) -> AsyncIterator["Talk"]:
        """A recorded call through the queue, both sides saying a tone; over at the end at the latest."""
        tools = BaresipTools.from_tree(self.tree)
        says = {
            hz: tones.write_wav(folder / f"{hz:.0f}.wav", tones.tone(hz, LONG_TALK_S)) for hz in (CALLER_HZ, DESK_HZ)
        }
        desk_account = Account("desk-phone", self.server, self.secrets["desk"])
        number = new_caller()
        caller_account = Account.of_carrier(number, self.server)
        async with (
            Phone(tools, folder / f"desk{number}", desk_account, plays=says[DESK_HZ], answer_after_s=0.1) as desk,
            Phone(
                tools, folder / f"caller{number}", caller_account, plays=says[CALLER_HZ], address=self.carrier
            ) as caller,
        ):
            await desk.register(20)
            out = await caller.dial(SALES)
            rung = await desk.wait_ringing(20)
            await asyncio.gather(caller.wait_established(out, 20), desk.wait_established(rung, 20))
            talk = Talk(number, caller, desk, out, rung)
            await talk.is_heard()
            yield talk

    # What became of it

    async def ask(self, question: Callable[[], Awaitable[Any]], what: str, timeout_s: float = 90) -> Any:
        """The first true answer; an API that is away is asked again."""
        deadline = time.monotonic() + timeout_s
        while True:
            answer: object = None
            try:
                if answer := await question():
                    return answer
            except (httpx2.TransportError, LabError) as error:
                answer = error
            if time.monotonic() > deadline:
                raise LabError(f"not {what} within {timeout_s:.0f} s; last: {answer}")
            await asyncio.sleep(0.1)

    async def records(self, caller: str, calls: int = 1, **ready: Any) -> list[Json]:
        """The records of a number's calls, once all are over and none is on its way any more.

        Args:
            caller: whose calls.
            calls: how many there must be; more or less fail.
            ready: names of fields that must be filled as well.
        """

        async def told() -> list[Json] | None:
            items: list[Json] = (await self.api.get("/calls", number=caller, limit=500))["items"]
            full = [one for one in items if one["ended_at"] and all(one[name] for name in ready)]
            return items if len(full) >= calls else None

        await self.ask(told, f"{calls} records of {caller}")
        await self.all_facts_taken_in()
        items: list[Json] = (await self.api.get("/calls", number=caller, limit=500))["items"]
        assert len({one["linkedid"] for one in items}) == len(items) == calls, items
        return items

    async def node(self) -> Json:
        """How the node is."""
        node: Json = (await self.api.get("/nodes"))["items"][0]
        return node

    async def all_facts_taken_in(self) -> None:
        """Until each row of Asterisk's record files is one fact, and folded. Fails when one is doubled."""

        async def level() -> bool:
            written = Counter(self._rows_written())
            async with await psycopg.AsyncConnection.connect(self.database_url) as connection:
                stored = await connection.execute(
                    "SELECT kind, count(*), count(DISTINCT payload) FROM facts WHERE kind <> 'node' GROUP BY kind"
                )
                found = await stored.fetchall()
                waiting = await (await connection.execute("SELECT count(*) FROM calls_to_fold")).fetchone()
            assert all(count <= written[kind] for kind, count, _ in found), f"doubled: {found} of {written}"
            return waiting == (0,) and {kind: count for kind, count, _ in found} == dict(written)

        await self.ask(level, "level with Asterisk's files")

    def _rows_written(self) -> dict[str, int]:
        """Rows in each file; none of ours has a line break inside."""
        files = {"cel": self.layout.cel_file, "cdr": self.layout.cdr_file, "queue_log": self.layout.queue_log}
        return {kind: count for kind, path in files.items() if (count := _lines(path))}


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


@dataclass(frozen=True)
class Talk:
    """A call that is up."""

    number: str
    caller: Phone
    desk: Phone
    out: PhoneCall
    rung: PhoneCall

    async def is_heard(self) -> None:
        """Until each side hears the other, from now on for a second."""
        ends = [self._heard_until(call, hz) + 1 for call, hz in ((self.out, DESK_HZ), (self.rung, CALLER_HZ))]
        deadline = time.monotonic() + 60
        while any(
            self._heard_until(call, hz) < end
            for (call, hz), end in zip(((self.out, DESK_HZ), (self.rung, CALLER_HZ)), ends, strict=True)
        ):
            assert time.monotonic() < deadline, "one side hears the other no more"
            await asyncio.sleep(0.1)

    @staticmethod
    def _heard_until(call: PhoneCall, hz: float) -> float:
        spans = tones.spans_in(call.recording.samples(), tones.SAMPLE_RATE, [hz])
        return spans[-1].end_s if spans else 0.0

    async def hang_up(self) -> None:
        """The caller ends it."""
        await self.caller.hangup(self.out)
        await asyncio.gather(self.caller.wait_closed(self.out), self.desk.wait_closed(self.rung))

    def longest_silence(self) -> float:
        """Seconds for which one side did not hear the other, from the first to the last tone. After the call."""
        silences = [0.0]
        for call, hz in ((self.out, DESK_HZ), (self.rung, CALLER_HZ)):
            spans = tones.tone_spans(call.heard, [hz])
            silences += [after.start_s - before.end_s for before, after in itertools.pairwise(spans)]
        return max(silences)


async def gone(pids: list[int], timeout_s: float) -> float:
    """Waits until these processes have ended; gives the seconds that it took."""
    began = time.monotonic()
    while left := [pid for pid in pids if _is_alive(pid)]:
        assert time.monotonic() - began < timeout_s, f"still there: {left}"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def running(child: Child, timeout_s: float = 60) -> int:
    """The process of one of the system's parts; waits where it is just being started again."""
    deadline = time.monotonic() + timeout_s
    while child.process is None or not _is_alive(child.process.pid):
        assert time.monotonic() < deadline, f"{child.name} was not started again"
        await asyncio.sleep(0.05)
    return child.process.pid


async def kill(pid: int) -> None:
    """SIGKILL, and PostgreSQL's or a worker's own children with it gone as well."""
    family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    os.kill(pid, signal.SIGKILL)
    await gone(family, 20)
