"""Follows what the members of queues do, and tells it: whole after each connection, then what changed.

Asterisk forgets over a restart who is paused, and over a reload of a queue why. We remember both: who has gone home
must not be rung after a power cut.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from controlplane.node.ami import Ami, AmiError, AmiEvent
from controlplane.node.backoff import Backoff
from controlplane.node.link import Link, LinkDown, LinkRefused
from controlplane.node.spool import Spool
from controlplane.protocol.link import MemberDevice, QueueMembers, ToldMember

_EVENTS = frozenset({"QueueMemberStatus", "QueueMemberPause", "QueueMemberAdded", "QueueMemberRingInUse"})
_PAUSE_S = 0.1
"""A burst of changes is one message: a call changes its member several times."""

# Asterisk 22, include/asterisk/devicestate.h.
_DEVICES: Mapping[str, MemberDevice] = {
    "1": MemberDevice.IDLE,
    "2": MemberDevice.IN_CALL,
    "3": MemberDevice.IN_CALL,  # busy
    "4": MemberDevice.UNAVAILABLE,  # invalid
    "5": MemberDevice.UNAVAILABLE,
    "6": MemberDevice.RINGING,
    "7": MemberDevice.IN_CALL,  # and another call rings
    "8": MemberDevice.ON_HOLD,
}

_PAUSED = "paused_members"

Key = tuple[str, str]


class Members:
    """Members of this node's queues, by queue and name."""

    def __init__(self, ami: Ami, spool: Spool) -> None:
        self._ami = ami
        self._spool = spool
        self._now: dict[Key, ToldMember] = {}
        self._interfaces: dict[Key, str] = {}
        self._told: dict[Key, ToldMember] | None = None
        self._paused: dict[Key, str] = {
            (queue, name): reason for queue, name, reason in json.loads(spool.mark(_PAUSED) or "[]")
        }
        self._changed = asyncio.Event()

    def take(self, event: AmiEvent) -> None:
        """Hears an event of Asterisk."""
        if event.get("event") in _EVENTS:
            self._note(event, name=event.get("membername", ""))
            self._remember()
            self._changed.set()

    async def read(self, *, has_forgotten: bool = False) -> None:
        """Asks Asterisk for all of them: after a connection, and after all queues were loaded again.

        Args:
            has_forgotten: It was started anew: who was paused before is paused again.

        Raises:
            AmiError: it went away.
        """
        items = await self._ami.list_action("QueueStatus", timeout_s=60)
        self._now = {}
        self._note_all(items)
        if has_forgotten:
            await self._pause_again()
        self._remember()
        self._told = None
        self._changed.set()

    async def read_again(self, queues: Collection[str] | None) -> None:
        """Asks for those of queues that were loaded again, None: of all. 5,000 are a second's work.

        Where Asterisk is away, the next connection reads them.
        """
        try:
            if queues is None:
                await self.read()
                return
            for queue in queues:
                self._now = {key: one for key, one in self._now.items() if key[0] != queue}
                self._note_all(await self._ami.list_action("QueueStatus", Queue=queue))
                self._changed.set()
        except AmiError:
            return

    async def run(self, link: Link) -> None:
        """Tells the control plane until cancelled."""
        backoff = Backoff(first_s=0.2, most_s=10.0)
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._tell(link)
            except (LinkDown, LinkRefused):
                self._told = None  # whether it arrived is not known
                self._changed.set()
                await backoff.sleep()
                continue
            backoff.reset()
            await asyncio.sleep(_PAUSE_S)

    async def _pause_again(self) -> None:
        for key, reason in self._paused.items():
            one = self._now.get(key)
            if one is not None and not one.paused:
                interface = self._interfaces[key]
                await self._ami.action("QueuePause", Queue=one.queue, Interface=interface, Paused="true", Reason=reason)
                self._now[key] = one.model_copy(update={"paused": True, "reason": reason})

    def _remember(self) -> None:
        paused = {key: one.reason for key, one in self._now.items() if one.paused}
        if paused != self._paused:
            self._paused = paused
            text = json.dumps([[queue, name, reason] for (queue, name), reason in paused.items()])
            self._spool.record([], marks={_PAUSED: text})

    async def _tell(self, link: Link) -> None:
        now, told = dict(self._now), self._told
        news = [one for key, one in now.items() if told is None or told.get(key) != one]
        if news or told is None:
            await link.post("queue-members", QueueMembers(is_whole=told is None, members=news))
        if self._told is told:  # else all of them were read anew meanwhile
            self._told = now

    def _note_all(self, items: Iterable[AmiEvent]) -> None:
        for item in items:
            if item["event"] == "QueueMember":
                self._note(item, name=item.get("name", ""))

    def _note(self, item: AmiEvent, *, name: str) -> None:
        key = (item["queue"], name)
        paused = item.get("paused") == "1"
        last_call = int(item.get("lastcall") or 0)
        self._interfaces[key] = item.get("location") or item.get("interface", "")
        self._now[key] = ToldMember(
            queue=item["queue"],
            member=name,
            device=_DEVICES.get(item.get("status", ""), MemberDevice.UNKNOWN),
            paused=paused,
            reason=(item.get("pausedreason") or self._paused.get(key, "")) if paused else "",
            last_call_at=datetime.fromtimestamp(last_call, UTC) if last_call else None,
            wrap_up_s=int(item.get("wrapuptime") or 0),
        )
