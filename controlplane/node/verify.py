"""Reads back from the running Asterisk whether a release is really in force."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

from controlplane.node.ami import Ami, AmiDown, AmiError
from controlplane.node.layout import AsteriskLayout
from controlplane.node.reload import release_in_asterisk
from controlplane.protocol.bundle import FileKind, Manifest

_AT_ONCE = 100
_MOST_PROBLEMS = 20
_SHOWN_ONE_BY_ONE = 20
_COUNT = re.compile(r"-= \d+ extensions? \((\d+) priorit(?:y|ies)\) in 1 context\. =-")
_LOG_LINE = re.compile(r"^\[[^\]]*\] (?:WARNING|ERROR)\[\d+\](?:\[C-\w+\])? (\S+): (.*)$")
# Parsers of configuration. What else warns (a carrier that doesn't answer, a call) is no fault of a release.
_PARSERS = frozenset({"config.c", "pbx_config.c", "config_options.c", "res_sorcery_config.c", "res_sorcery_astdb.c"})
_DIALPLAN_FAULT = re.compile(r"Unable to register|tries to include|Cannot add|already in use")


@dataclass(frozen=True)
class Before:
    """How things were just before the reloads.

    Attributes:
        log_size: end of Asterisk's log.
        registered: trunks that were registered with their carrier.
    """

    log_size: int
    registered: frozenset[str]


class Verifier:
    """Compares what a release promises with what Asterisk says."""

    def __init__(self, layout: AsteriskLayout, ami: Ami) -> None:
        self._log = layout.messages_log
        self._ami = ami

    async def before(self) -> Before:
        """To be taken before the reloads.

        Raises:
            AmiDown: Asterisk went away.
        """
        registered = {name for name, status in (await trunk_registrations(self._ami)).items() if status == "Registered"}
        return Before(self._log_size(), frozenset(registered))

    async def problems(
        self,
        manifest: Manifest,
        before: Before,
        *,
        contexts: Iterable[str],
        devices: Iterable[str],
        kinds: Iterable[FileKind],
    ) -> list[str]:
        """What is not as it shall be, in sentences; empty if all is well.

        Args:
            manifest: the release that shall be in force.
            before: what :meth:`before` gave.
            contexts: dialplan contexts to count; those of files that changed.
            devices: phones to look at; those that changed.
            kinds: kinds of files that changed.

        Raises:
            AmiDown: Asterisk went away.
        """
        changed = set(kinds)
        found: list[str] = []
        if FileKind.DIALPLAN in changed:
            found += await self._release_named(manifest)
            wanted = {name: manifest.expect.contexts[name] for name in contexts if name in manifest.expect.contexts}
            found += await self._contexts(wanted)
        found += await self._endpoints(sorted(devices), "phone")
        if FileKind.PJSIP in changed:
            found += await self._endpoints(manifest.expect.trunks, "trunk")
            found += await self._registrations(before)
        if FileKind.QUEUES in changed:
            found += await self._queues(manifest.expect.queues)
        found += self._logged_faults(before)
        return found[:_MOST_PROBLEMS]

    async def _release_named(self, manifest: Manifest) -> list[str]:
        named = await release_in_asterisk(self._ami)
        if named == manifest.release_id:
            return []
        return [f"The dialplan in force is of release {named or '(none)'}, not of {manifest.release_id}."]

    async def _contexts(self, wanted: dict[str, int]) -> list[str]:
        names = sorted(wanted)
        counts = [count for part in _parts(names) for count in await asyncio.gather(*map(self._count, part))]
        return [
            f"Dialplan context {name} has {count} lines in Asterisk, {wanted[name]} were expected."
            for name, count in zip(names, counts, strict=True)
            if count != wanted[name]
        ]

    async def _count(self, context: str) -> int:
        """Priorities in a context, hints included; 0 if there is none."""
        try:
            output = await self._ami.command(f"dialplan show {context}", timeout_s=30)
        except AmiDown:
            raise
        except AmiError:
            return 0
        match = _COUNT.search(output)
        return int(match[1]) if match else 0

    async def _endpoints(self, names: list[str], what: str) -> list[str]:
        if len(names) > _SHOWN_ONE_BY_ONE:
            shown = await self._ami.list_action("PJSIPShowEndpoints", timeout_s=30)
            present = {item["objectname"] for item in shown}
            return [f"Asterisk does not know {what} {name}." for name in names if name not in present]
        answers = await asyncio.gather(*(self._endpoint(name, what) for name in names))
        return [problem for problem in answers if problem]

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

    async def _queues(self, wanted: list[str]) -> list[str]:
        present = {item["queue"] for item in await self._ami.list_action("QueueSummary", timeout_s=30)}
        return [f"Asterisk does not know queue {name}." for name in wanted if name not in present]

    def _log_size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def _logged_faults(self, before: Before) -> list[str]:
        with self._log.open("rb") as file:
            file.seek(before.log_size if before.log_size <= self._log_size() else 0)
            lines = file.read().decode(errors="replace").splitlines()
        found: dict[str, None] = {}
        for match in filter(None, map(_LOG_LINE.match, lines)):
            source, text = match.groups()
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
