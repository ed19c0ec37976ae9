"""Random configurations and random calls, for comparing what is played with what really happens.

A cell is a configuration of its own: a number, what it leads to, and some desks whose phones are free, busy, silent or
away. Who of two free phones is quicker is no matter of configuration, so at most one phone of a cell is free. A busy
phone refuses (486) and is in no queue: a queue looks whether a phone is in a call, and SIPp's phones never are.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from controlplane.kit import clock
from controlplane.lab.client import Json
from tests.system.office import ALL_WEEK, HANGUP, Desk, Office, to

STATES = ("free", "busy", "no_answer", "away")
ZONES = ("Pacific/Kiritimati", "America/New_York", "Asia/Kolkata", "Pacific/Pago_Pago")
KEYS = ("1", "3", "4")
"""No extension's number begins so: after a 2 a menu that takes 20123 waits for more, and takes a next key for it."""
STRATEGIES = ("ringall", "linear", "rrmemory")
"""How far one that rings in turn gets within its wait depends on real seconds: it has one member here."""
WRONG = ("0", "9", "*", "#")
WAIT_S = 1
OUTSIDE = "+13105557777"


@dataclass
class Cell:
    """One configuration.

    Attributes:
        states: How the phone of each desk is.
        takes_numbers: Each of its menus dials extensions. Elsewhere each digit of a number is a wrong key of its own to
            Asterisk, and the whole number one to the rehearsal (docs/howto/simulate.md).
    """

    number: str = ""
    desks: list[Desk] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    takes_numbers: bool = True

    @property
    def phones(self) -> Json:
        """As a simulation wants them."""
        return {desk.number: state for desk, state in zip(self.desks, self.states, strict=True)}


class Architect:
    """Builds cells in an office out of chance."""

    def __init__(self, office: Office, random: Random) -> None:
        self._office = office
        self._random = random
        self._cell = Cell()

    async def cell(self) -> Cell:
        """One more, all of whose ways end somewhere."""
        self._cell = cell = Cell()
        states = [self._random.choice(STATES) for _ in range(self._random.randint(1, 3))]
        first_free = states.index("free") if "free" in states else -1
        cell.states = ["no_answer" if one == "free" and n != first_free else one for n, one in enumerate(states)]
        for _ in cell.states:
            cell.desks.append(await self._office.desk(ring_s=1, no_answer=await self._leaf()))
        destination = await self._somewhere(self._random.randint(1, 3))
        cell.number = await self._office.line(destination)
        return cell

    def keys(self) -> list[str]:
        """What a caller presses: mostly keys that the menus have."""
        kinds = [*KEYS, *KEYS, self._random.choice(WRONG), ""]
        if self._cell.takes_numbers:
            kinds.append(self._random.choice(self._cell.desks).number)
        return [self._random.choice(kinds) for _ in range(self._random.randint(0, 3))]

    async def _make(self, resource: str, **fields: object) -> str:
        self._cell.made.append(f"{resource} {fields}")
        return await self._office.make(resource, **fields)

    async def _leaf(self) -> Json:
        kind = self._random.choice(("voicemail", "announcement", "hangup", "hangup"))
        if kind == "hangup":
            return HANGUP
        if kind == "announcement":
            return to("announcement", await self._office.prompt(900, 0.2))
        number = str(30_000 + self._random.randrange(60_000_000))
        greeting = await self._office.says(500, 0.2)
        return to("voicemail", await self._make("voicemail-boxes", number=number, greeting=greeting))

    async def _somewhere(self, depth: int) -> Json:
        makers: list[Callable[[int], Awaitable[Json]]] = [self._extension, self._group, self._queue, self._outside]
        if depth > 0:
            makers = [*makers, self._menu, self._menu, self._menu, self._hours, self._hours]
        return await self._random.choice(makers)(depth - 1)

    async def _extension(self, _: int) -> Json:
        return self._random.choice(self._cell.desks).here

    async def _outside(self, _: int) -> Json:
        return {"kind": "external_number", "number": OUTSIDE}

    async def _group(self, _: int) -> Json:
        some = self._random.sample(self._cell.desks, self._random.randint(1, len(self._cell.desks)))
        strategy = self._random.choice(("all", "in_turn"))
        return to(
            "ring_group",
            await self._make(
                "ring-groups", extension_ids=[desk.id for desk in some], strategy=strategy, ring_s=1,
                no_answer=await self._leaf(),
            ),
        )  # fmt: skip

    async def _queue(self, depth: int) -> Json:
        pairs = zip(self._cell.desks, self._cell.states, strict=True)
        members = [{"extension_id": desk.id} for desk, state in pairs if state != "busy"]
        if not members:
            return await self._extension(depth)
        strategy = self._random.choice(STRATEGIES) if len(members) == 1 else "ringall"
        return to(
            "queue",
            await self._make(
                "queues", members=members, strategy=strategy, member_ring_s=1, retry_s=1, max_wait_s=2,
                join_empty=self._random.random() < 0.3,
                overflow=await self._leaf(),
            ),
        )  # fmt: skip

    async def _menu(self, depth: int) -> Json:
        digits = self._random.sample(KEYS, self._random.randint(1, 3))
        dials = self._random.random() < 0.4
        self._cell.takes_numbers &= dials
        return to(
            "ivr_menu",
            await self._make(
                "ivr-menus", prompt=await self._office.says(600, 0.3),
                invalid_prompt=await self._office.says(800, 0.2), wait_s=WAIT_S,
                attempts=self._random.randint(1, 2), dial_extensions=dials,
                options=[{"digit": digit, "destination": await self._somewhere(depth)} for digit in digits],
                on_timeout=await self._leaf(), on_invalid=await self._leaf(),
            ),
        )  # fmt: skip

    async def _hours(self, depth: int) -> Json:
        """Open, closed or on holiday right now, and for the next hours."""
        zone, state = self._random.choice(ZONES), self._random.choice(("open", "closed", "holiday"))
        today = datetime.fromtimestamp(clock.now().timestamp(), ZoneInfo(zone))
        days = [{"date": today.date().isoformat(), "name": "Today"}] if state == "holiday" else []
        calendar = await self._make("holiday-calendars", holidays=days)
        hours = [{"days": ALL_WEEK, "start": "00:00", "end": "00:00"}] if state != "closed" else []
        return to(
            "time_condition",
            await self._make(
                "time-conditions", timezone=zone, open_hours=hours, holiday_calendar_ids=[calendar],
                open=await self._somewhere(depth), closed=await self._somewhere(depth),
                holiday=await self._somewhere(depth),
            ),
        )  # fmt: skip
