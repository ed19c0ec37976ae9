"""Knows how Asterisk, its phones and its trunks are, and tells when that changes."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog

from controlplane.kit import clock
from controlplane.node.ami import Ami, AmiDown, AmiError, AmiEvent
from controlplane.node.layout import AsteriskLayout
from controlplane.node.members import Members
from controlplane.node.runtime import running_pid
from controlplane.node.spool import NewFact, Spool
from controlplane.node.verify import trunk_registrations
from controlplane.protocol.facts import FactKind, NodeFact

log = structlog.get_logger(__name__)

TRUNK_PREFIX = "trunk-"
_STARTED = "asterisk_started"
_REGISTERED = "Registered"
_TAKEN_UP_S = 2.0  # Asterisk reloads trunks after it has said so; while it does there are none
_REACHABLE = {"Reachable": "up", "Unreachable": "down"}


class Watch:
    """The state of this node's Asterisk, from AMI events; read anew after each connection.

    Attributes:
        version: Asterisk's, None until first connected.
        devices: contacts by phone; a phone without one is not registered.
        trunks: ``up``, ``down`` or ``unknown`` by trunk endpoint.
        members: what the members of queues do.
        changed: set when any of it changed, members excepted: they are told by themselves.
    """

    def __init__(self, layout: AsteriskLayout, ami: Ami, spool: Spool, drain: Callable[[], None]) -> None:
        self._layout = layout
        self._ami = ami
        self._spool = spool
        self._drain = drain
        self._knows_devices = False
        self._answers: dict[str, str] = {}
        self._registrations: dict[str, str] = {}
        self._reading: asyncio.Task[None] | None = None
        self.version: str | None = None
        self.devices: dict[str, set[str]] = {}
        self.trunks: dict[str, str] = {}
        self.members = Members(ami, spool)
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Takes events until cancelled."""
        while True:
            event = await self._ami.events.get()
            try:
                await self._take(event)
            except AmiDown:
                continue  # a LinkDown follows
            except (AmiError, sqlite3.OperationalError) as err:
                log.warning("watch.event_failed", event=event.get("event"), reason=str(err))

    async def active_calls(self) -> int:
        """Calls that are up now; 0 while Asterisk is away."""
        try:
            return int((await self._ami.action("CoreStatus")).get("corecurrentcalls", 0))
        except AmiError:
            return 0

    def registered(self) -> list[str]:
        """Phones that are registered now."""
        return sorted(name for name, contacts in self.devices.items() if contacts)

    def read_trunks_soon(self) -> None:
        """Reads how trunks are when Asterisk has taken up new settings: one that needs no login now says so nowhere."""
        self._reading = asyncio.create_task(self._read_trunks())

    async def _read_trunks(self) -> None:
        await asyncio.sleep(_TAKEN_UP_S)
        with contextlib.suppress(AmiDown):  # a LinkUp follows
            self._answers |= _qualified(await self._contacts())
            await self._read_registrations()

    async def _take(self, event: AmiEvent) -> None:
        match event.get("event"):
            case "LinkUp":
                await self._read_all()
            case "LinkDown":
                self._link_lost()
            case "ContactStatus":
                await self._contact(event)
            case "Registry":
                await self._read_registrations()
            case _:
                self.members.take(event)

    async def _read_all(self) -> None:
        self.version = str((await self._ami.action("CoreSettings")).get("asteriskversion", ""))
        status = await self._ami.action("CoreStatus")
        is_new = self._note_start(f"{status['corestartupdate']}T{status['corestartuptime']}+00:00")
        contacts = await self._contacts()
        await self._read_devices(contacts)
        self._answers = _qualified(contacts)
        await self._read_registrations()
        await self.members.read(has_forgotten=is_new)
        self.changed.set()

    def _note_start(self, started_at: str) -> bool:
        """Whether Asterisk was started since we last looked."""
        known = self._spool.mark(_STARTED)
        if known == started_at:
            return False
        if known:  # it ended while nobody looked, or was killed and is back already
            self._note_end()
        payload = {"version": self.version, "started_at": started_at}
        self._record(NodeFact.ASTERISK_UP, marks={_STARTED: started_at}, at=_moment(started_at), **payload)
        return True

    def _link_lost(self) -> None:
        self.changed.set()
        if running_pid(self._layout) is None and self._spool.mark(_STARTED):
            self._note_end()

    def _note_end(self) -> None:
        self._drain()  # what it wrote down before it ended comes first
        self._record(NodeFact.ASTERISK_DOWN, marks={_STARTED: ""})

    async def _read_devices(self, contacts: list[AmiEvent]) -> None:
        found: dict[str, set[str]] = {}
        for contact in contacts:
            found.setdefault(contact["endpoint"], set()).add(contact["uri"])
        before = set(self.registered())
        self.devices = {name: uris for name, uris in found.items() if not name.startswith(TRUNK_PREFIX)}
        if self._knows_devices:  # else the heartbeat tells all of them
            for name in sorted(before - set(self.registered())):
                self._record(NodeFact.DEVICE_UNREGISTERED, device=name)
            for name in sorted(set(self.registered()) - before):
                await self._registered(name)
        self._knows_devices = True

    async def _contact(self, event: AmiEvent) -> None:
        name, uri, status = event.get("endpointname", ""), event.get("uri", ""), event.get("contactstatus", "")
        if name.startswith(TRUNK_PREFIX):
            if status in _REACHABLE:
                self._answers[name] = _REACHABLE[status]
                self._judge(name)
            return
        contacts = self.devices.setdefault(name, set())
        was_registered = bool(contacts)
        if status == "Removed":
            contacts.discard(uri)
        else:
            contacts.add(uri)
        if bool(contacts) == was_registered:
            return  # it registered again, as it does every few minutes
        if contacts:
            await self._registered(name)
        else:
            self._record(NodeFact.DEVICE_UNREGISTERED, device=name)
        self.changed.set()

    async def _registered(self, name: str) -> None:
        details = await self._ami.list_action("PJSIPShowEndpoint", Endpoint=name)
        contact = next((item for item in details if item["event"] == "ContactStatusDetail"), {})
        self._record(
            NodeFact.DEVICE_REGISTERED,
            device=name,
            contact=contact.get("uri", ""),
            user_agent=contact.get("useragent", ""),
        )

    async def _read_registrations(self) -> None:
        self._registrations = await trunk_registrations(self._ami)
        for name in self._answers | self._registrations:
            self._judge(name)

    def _judge(self, name: str) -> None:
        """A trunk is up where it is registered, if it has to be, and doesn't leave OPTIONS unanswered."""
        registration, answers = self._registrations.get(name), self._answers.get(name, "unknown")
        if registration not in {None, _REGISTERED}:
            self._set_trunk(name, "down", reason=f"registration: {registration}")
        elif answers == "down":
            self._set_trunk(name, "down", reason="it does not answer OPTIONS")
        else:
            self._set_trunk(name, "up" if registration else answers)

    async def _contacts(self) -> list[AmiEvent]:
        try:
            return [
                {key: str(item.get(key, "")) for key in ("endpoint", "uri", "status")}
                for item in await self._ami.list_action("PJSIPShowContacts", timeout_s=30)
            ]
        except AmiDown:
            raise
        except AmiError:
            return []  # "No Contacts found"

    def _set_trunk(self, name: str, state: str, *, reason: str = "") -> None:
        before = self.trunks.get(name)
        self.trunks[name] = state
        if state == before:
            return
        self.changed.set()
        if state == "up":
            self._record(NodeFact.TRUNK_UP, trunk=name)
        elif state == "down" and before is not None:
            self._record(NodeFact.TRUNK_DOWN, trunk=name, reason=reason)

    def _record(
        self, event: NodeFact, *, marks: dict[str, str] | None = None, at: datetime | None = None, **payload: Any
    ) -> None:
        fact = NewFact(FactKind.NODE, at or clock.now(), None, {"event": event, **payload})
        self._spool.record([fact], marks=marks)
        log.info("watch.fact", kind=event, **payload)


def _qualified(contacts: list[AmiEvent]) -> dict[str, str]:
    """States of the trunks that are asked by OPTIONS, or have a contact at all."""
    return {
        contact["endpoint"]: _REACHABLE.get(contact["status"], "unknown")
        for contact in contacts
        if contact["endpoint"].startswith(TRUNK_PREFIX)
    }


def _moment(text: str) -> datetime:
    """Asterisk runs in UTC and names its start to the second."""
    return datetime.fromisoformat(text).astimezone(UTC)
