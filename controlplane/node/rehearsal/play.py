"""Plays one call on the shadow, and watches it by what Asterisk writes down, as noded does on a node."""

import asyncio
import json
import time
from collections.abc import Awaitable, Collection, Iterable

import structlog

from controlplane.node.ami import AmiError
from controlplane.node.rehearsal.shadow import Shadow
from controlplane.node.rehearsal.sip import SipError
from controlplane.protocol.facts import Fact, FactKind
from controlplane.protocol.rehearsal import PhoneState, PlayedCall, Scenario

log = structlog.get_logger(__name__)

_LOOK_S = 0.01
_LONGEST_S = 30.0
_SETTLE_S = 2.0
"""By then Asterisk has told its queues how a phone is; the wait ends as soon as it has."""
_TALK_S = 0.05
_LISTEN_S = 0.1
_KEY_GAP_S = 0.06
_DIGIT_WAIT_S = "0.3"
"""How long a menu waits for a next digit where a longer number is possible; on a node Asterisk's 5 s."""
_ECHO = "*43"
_BATCH = 5000


async def play(shadow: Shadow, scenario: Scenario) -> PlayedCall:
    """One call from the first INVITE to the last fact.

    Raises:
        AmiError: The shadow refused something or went away.
        SipError: It doesn't answer the stand-ins.
    """
    began = time.monotonic()
    await _bring_phones(shadow, scenario)
    await shadow.ami.action("Setvar", Variable="TESTTIME", Value=str(scenario.moment))
    for queue, interface in scenario.out:
        await shadow.ami.action("QueuePause", Queue=queue, Interface=interface, Paused="true")
    try:
        facts, cut_off = await _Watched(shadow, scenario).run()
    finally:
        for queue, interface in scenario.out:
            await shadow.ami.action("QueuePause", Queue=queue, Interface=interface, Paused="false")
        await shadow.stand_ins.free_all()
    return PlayedCall(facts=facts, cut_off=cut_off, took_ms=round(1000 * (time.monotonic() - began)))


async def _bring_phones(shadow: Shadow, scenario: Scenario) -> None:
    """Phones come, go and begin to talk, as the scenario wants them."""
    people, known = shadow.stand_ins, shadow.passwords
    wanted = {name for name, state in scenario.phones.items() if state != PhoneState.AWAY and name in known}
    busy = sorted(name for name in wanted if scenario.phones[name] == PhoneState.BUSY)
    going, coming = people.registered - wanted, wanted - people.registered
    people.phones, people.outside = scenario.phones, scenario.outside
    await asyncio.gather(
        *(people.unregister(name, known[name]) for name in going),
        *(people.register(name, known[name]) for name in coming),
    )
    await asyncio.gather(*(people.keep_busy(name, known[name], _ECHO) for name in busy))
    for names, states in ((wanted - set(busy), {"NOT_INUSE"}), (busy, {"INUSE", "BUSY"})):
        await _settled(shadow, names, states)
    await _settled(shadow, going, {"UNAVAILABLE", "INVALID"})


async def _settled(shadow: Shadow, names: Collection[str], states: Collection[str]) -> None:
    """Waits until Asterisk knows how these phones are: queues go by it."""
    deadline = time.monotonic() + _SETTLE_S
    left = set(names)
    while left and time.monotonic() < deadline:
        answers = await asyncio.gather(*(_state(shadow, name) for name in left))
        left = {name for name, state in answers if state not in states}
        await asyncio.sleep(_LOOK_S)
    if left:
        log.warning("rehearsal.phones_unsettled", phones=sorted(left)[:5])


async def _state(shadow: Shadow, name: str) -> tuple[str, str]:
    answer = await shadow.ami.action("Getvar", Variable=f"DEVICE_STATE(PJSIP/{name})")
    return name, str(answer.get("value", ""))


class _Watched:
    """A call under way: what its caller does follows from what is written down of it."""

    def __init__(self, shadow: Shadow, scenario: Scenario) -> None:
        self._shadow = shadow
        self._keys = list(scenario.keys)
        self._call = shadow.stand_ins.call_in(scenario.came_by, scenario.number, scenario.caller)
        self._facts: list[Fact] = []
        self._linkedid = ""
        self._channel = ""
        self._over = False
        self._doings: set[asyncio.Task[None]] = set()

    async def run(self) -> tuple[list[Fact], bool]:
        """All its facts, and whether it had to be ended."""
        self._forget_what_was()
        self._begin(self._call.run())
        deadline = time.monotonic() + _LONGEST_S
        cut_off = False
        try:
            while not self._over:
                if time.monotonic() > deadline:
                    if cut_off:
                        break
                    cut_off, deadline = True, time.monotonic() + 2
                    self._begin(self._call.hang_up())
                await asyncio.sleep(_LOOK_S)
                for fact in self._news():
                    self._take(fact)
            await asyncio.sleep(_LOOK_S)  # the queue's own log is written a moment later
            self._facts += [fact for fact in self._news() if fact.linkedid == self._linkedid]
        finally:
            for doing in self._doings:
                doing.cancel()
            await asyncio.gather(*self._doings, return_exceptions=True)
        return self._facts, cut_off

    def _begin(self, doing: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_quietly(doing))
        self._doings.add(task)

    def _forget_what_was(self) -> None:
        while self._news():
            pass

    def _news(self) -> list[Fact]:
        self._shadow.tailer.read_once()
        facts = self._shadow.spool.batch(_BATCH)
        if facts:
            self._shadow.spool.acknowledge(facts[-1].boot, facts[-1].seq)
        return facts

    def _take(self, fact: Fact) -> None:
        row = fact.payload
        if not self._linkedid and _begins(fact):
            self._linkedid, self._channel = str(fact.linkedid), row["channame"]
            self._begin(self._shorten_digits())
        if not self._linkedid or fact.linkedid != self._linkedid:
            return
        self._facts.append(fact)
        if fact.kind == FactKind.CEL:
            self._react(row)

    def _react(self, row: dict[str, str]) -> None:
        if row["eventtype"] == "LINKEDID_END":
            self._over = True
        if row["channame"] != self._channel:
            return
        match row["eventtype"], row["appname"].lower():
            case "APP_START", "waitexten":
                if self._keys and (keys := self._keys.pop(0)):
                    self._begin(self._press(keys))
            case "APP_START", "voicemail":
                self._begin(self._leave_after(_LISTEN_S))
            case "BRIDGE_ENTER", _ if row["peer"] and not _is_holding(row):
                self._begin(self._leave_after(_TALK_S))

    async def _shorten_digits(self) -> None:
        await self._shadow.ami.action("Setvar", Channel=self._channel, Variable="TIMEOUT(digit)", Value=_DIGIT_WAIT_S)

    async def _press(self, keys: Iterable[str]) -> None:
        for key in keys:
            await self._shadow.ami.action("PlayDTMF", Channel=self._channel, Digit=key, Receive="true", Duration="40")
            await asyncio.sleep(_KEY_GAP_S)

    async def _leave_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._call.hang_up()


def _begins(fact: Fact) -> bool:
    """Whether it is the first channel of a call that a carrier brings."""
    row = fact.payload
    return (
        fact.kind == FactKind.CEL
        and (row["eventtype"], row["uniqueid"]) == ("CHAN_START", row["linkedid"])
        and row["channame"].startswith("PJSIP/trunk-")
    )


def _is_holding(row: dict[str, str]) -> bool:
    try:
        return str(json.loads(row["eventextra"] or "{}").get("bridge_technology", "")).startswith("holding")
    except ValueError:
        return False


async def _quietly(doing: Awaitable[None]) -> None:
    """What comes too late for a call that has just ended is no fault."""
    try:
        await doing
    except (AmiError, SipError) as err:
        log.debug("rehearsal.too_late", reason=str(err))
