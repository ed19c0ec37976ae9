"""Reads back from the running Asterisk whether a release is really in force."""

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from controlplane.kit import clock
from controlplane.node.ami import Ami, AmiDown, AmiError
from controlplane.node.change import MOST_QUEUES
from controlplane.node.dialplan import Context, context_in_asterisk, differences, read_listing, without_labels
from controlplane.node.layout import AsteriskLayout, AsteriskRuntimeError
from controlplane.node.queues import Queue, queue_differences, queues_in_asterisk
from controlplane.node.reload import release_in_asterisk
from controlplane.node.runtime import run_cli
from controlplane.protocol.bundle import FileKind, Manifest

_AT_ONCE = 100
_MOST_PROBLEMS = 20
_SHOWN_ONE_BY_ONE = 20
_CONTEXTS_ONE_BY_ONE = 200  # 1 to 2 ms each, where there are 10,000; all of them in one listing take 0.5 s
_LISTING_S = 60.0
_ENDPOINT = re.compile(r"^ Endpoint: +([^\s/]+)", re.MULTILINE)
_LOG_LINE = re.compile(r"^\[([-0-9]{10} [:0-9]{8}\.[0-9]{3})\] (?:WARNING|ERROR)\[\d+\](?:\[C-\w+\])? (\S+): (.*)$")
# Parsers of configuration. What else warns (a carrier that doesn't answer, a call) is no fault of a release.
_PARSERS = frozenset({"config.c", "pbx_config.c", "config_options.c", "res_sorcery_config.c", "res_sorcery_astdb.c"})
_LATE, _TICK = timedelta(minutes=-1), timedelta(milliseconds=1)
_DIALPLAN_FAULT = re.compile(r"Unable to register|tries to include|Cannot add|already in use")


@dataclass(frozen=True)
class Before:
    """How things were just before the reloads.

    Attributes:
        at: when, by this machine's clock and zone, as Asterisk's log has it.
        log_size: end of Asterisk's log.
        registered: trunks that were registered with their carrier.
    """

    at: datetime
    log_size: int
    registered: frozenset[str]


class Verifier:
    """Compares what a release promises with what Asterisk says."""

    def __init__(self, layout: AsteriskLayout, ami: Ami) -> None:
        self._layout = layout
        self._log = layout.messages_log
        self._ami = ami

    async def before(self) -> Before:
        """To be taken before the reloads.

        Raises:
            AmiDown: Asterisk went away.
        """
        registered = {name for name, status in (await trunk_registrations(self._ami)).items() if status == "Registered"}
        return Before(clock.now().astimezone().replace(tzinfo=None), self._log_size(), frozenset(registered))

    async def problems(
        self,
        manifest: Manifest,
        before: Before,
        *,
        contexts: Collection[str],
        texts: Mapping[str, Context | None],
        queues: Mapping[str, Queue | None],
        devices: Iterable[str],
        kinds: Iterable[FileKind],
    ) -> list[str]:
        """What is not as it shall be, in sentences; empty if all is well.

        Args:
            manifest: the release that shall be in force.
            before: what :meth:`before` gave.
            contexts: dialplan contexts to count; those that changed.
            texts: what those contexts shall hold; None: the context is gone. One that is missing here is only counted.
            queues: the queues that changed; None: the queue is gone.
            devices: phones to look at; those that changed.
            kinds: kinds of files that changed.

        Raises:
            AmiDown: Asterisk went away.
        """
        changed = set(kinds)
        found: list[str] = []
        if FileKind.DIALPLAN in changed:
            found += await self._release_named(manifest)
            found += await self._contexts(contexts, texts, manifest.expect.contexts)
        found += await self._endpoints(sorted(devices), "phone")
        if FileKind.PJSIP in changed:
            found += await self._endpoints(manifest.expect.trunks, "trunk")
            found += await self._registrations(before)
        if FileKind.QUEUES in changed:
            found += await self._queues(queues, manifest.expect.queues)
        found += self._logged_faults(before)
        return found[:_MOST_PROBLEMS]

    async def _release_named(self, manifest: Manifest) -> list[str]:
        named = await release_in_asterisk(self._ami)
        if named == manifest.release_id:
            return []
        return [f"The dialplan in force is of release {named or '(none)'}, not of {manifest.release_id}."]

    async def _contexts(
        self, names: Collection[str], texts: Mapping[str, Context | None], promised: Mapping[str, int]
    ) -> list[str]:
        is_listing = len(names) > _CONTEXTS_ONE_BY_ONE
        present = await (self.all_contexts() if is_listing else self._some_contexts(names))
        found: list[str] = []
        for name in sorted(names):
            actual = present.get(name)
            count = len(actual.lines) if actual else 0
            if name in promised and count != promised[name]:
                found.append(f"Dialplan context {name} has {count} lines in Asterisk, {promised[name]} were expected.")
            elif name in texts:
                wanted = texts[name]
                found += differences(name, without_labels(wanted) if wanted and is_listing else wanted, actual)
        return found

    async def _some_contexts(self, names: Collection[str]) -> dict[str, Context | None]:
        ordered = sorted(names)
        held = [
            context
            for part in _parts(ordered)
            for context in await asyncio.gather(*(context_in_asterisk(self._ami, name) for name in part))
        ]
        return dict(zip(ordered, held, strict=True))

    async def all_contexts(self) -> Mapping[str, Context | None]:
        """The whole dialplan as Asterisk has it now, without labels.

        Raises:
            AmiDown: Asterisk went away.
        """
        try:
            text = await asyncio.to_thread(run_cli, self._layout, "dialplan show", timeout_s=_LISTING_S)
        except AsteriskRuntimeError as err:
            raise AmiDown(str(err)) from err
        return await asyncio.to_thread(read_listing, text)

    async def _endpoints(self, names: list[str], what: str) -> list[str]:
        if len(names) > _SHOWN_ONE_BY_ONE:
            present = await self._all_endpoints()
            return [f"Asterisk does not know {what} {name}." for name in names if name not in present]
        answers = await asyncio.gather(*(self._endpoint(name, what) for name in names))
        return [problem for problem in answers if problem]

    async def _all_endpoints(self) -> set[str]:
        """Half of what a list by AMI takes, which asks for each contact: 2.7 s for 10,000."""
        try:
            text = await asyncio.to_thread(run_cli, self._layout, "pjsip list endpoints", timeout_s=_LISTING_S)
        except AsteriskRuntimeError as err:
            raise AmiDown(str(err)) from err
        return set(_ENDPOINT.findall(text))

    async def _endpoint(self, name: str, what: str) -> str | None:
        try:
            details = await self._ami.list_action("PJSIPShowEndpoint", Endpoint=name)
        except AmiDown:
            raise
        except AmiError:
            return f"Asterisk does not know {what} {name}, or can't read its settings."
        events = {item["event"] for item in details}
        endpoint = next(item for item in details if item["event"] == "EndpointDetail")
        for key, event in (("auth", "AuthDetail"), ("aors", "AorDetail")):
            if endpoint.get(key) and event not in events:
                return f"The {what} {name} names {key} {endpoint[key]}, which Asterisk does not know."
        return None

    async def _registrations(self, before: Before) -> list[str]:
        now = await trunk_registrations(self._ami)
        return [
            f"Trunk {name} was registered with its carrier and is now refused."
            for name in sorted(before.registered & now.keys())
            if now[name] == "Rejected"
        ]

    async def _queues(self, wanted: Mapping[str, Queue | None], promised: Collection[str]) -> list[str]:
        present = await queues_in_asterisk(self._ami, wanted)
        found = [line for name in sorted(wanted) for line in queue_differences(name, wanted[name], present.get(name))]
        if len(wanted) <= MOST_QUEUES < len(promised):  # each was loaded by itself, the many others left alone
            return found
        known = {item["queue"] for item in await self._ami.list_action("QueueSummary", timeout_s=30)}
        return found + [
            f"Asterisk does not know queue {name}." for name in promised if name not in known and name not in wanted
        ]

    def _log_size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def _logged_faults(self, before: Before) -> list[str]:
        with self._log.open("rb") as file:
            file.seek(before.log_size if before.log_size <= self._log_size() else 0)
            lines = file.read().decode(errors="replace").splitlines()
        found: dict[str, None] = {}
        for match in filter(None, map(_LOG_LINE.match, lines)):
            stamp, source, text = match.groups()
            if _LATE < datetime.fromisoformat(stamp) - before.at < -_TICK:
                continue  # of what came before: Asterisk's log is written a little later than things happen
            if source in _PARSERS or (source == "pbx.c" and _DIALPLAN_FAULT.search(text)):
                found[f"Asterisk complains: {text.strip()}"] = None
        return list(found)


async def trunk_registrations(ami: Ami) -> dict[str, str]:
    """Status of each outbound registration (``Registered``, ``Unregistered``, ``Rejected``) by trunk endpoint.

    Raises:
        AmiDown: Asterisk went away.
    """
    try:
        items = await ami.list_action("PJSIPShowRegistrationsOutbound")
    except AmiDown:
        raise
    except AmiError:
        return {}
    details = (item for item in items if item["event"] == "OutboundRegistrationDetail")
    return {item.get("endpoint") or item["objectname"]: item["status"] for item in details}


def _parts(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
