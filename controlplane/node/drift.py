"""Finds what was changed on this node outside of a release: in its files, and in what Asterisk holds."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from pathlib import Path

import structlog

from controlplane.kit import clock
from controlplane.node.ami import Ami, AmiError
from controlplane.node.apply import Applier
from controlplane.node.bundle import BundleRefused, Releases
from controlplane.node.change import change_between
from controlplane.node.devices import DeviceSet, device_parts, devices_of
from controlplane.node.dialplan import Context, differences, without_labels
from controlplane.node.link import Link, LinkDown
from controlplane.node.outbox import Outbox
from controlplane.node.phones import ObjectType
from controlplane.node.queues import queue_differences, queues_in_asterisk
from controlplane.node.reload import release_in_asterisk
from controlplane.node.verify import Verifier
from controlplane.protocol.link import Command, CommandKind, CommandResult

log = structlog.get_logger(__name__)

_MOST = 50
_FIRST_AFTER_S = 60.0
_EVERY_S = 3600.0  # at 10,000 phones a check takes some 4 s of one core
_QUIET_S = 60.0  # so long nobody has applied anything: whoever works on the configuration isn't made to wait
_LONGEST_S = 2 * _EVERY_S  # whatever goes on
_ASTERISK_WAIT_S = 30.0
_TRIES, _PAUSE_S = 5, 1.0
_KINDS: tuple[ObjectType, ...] = ("auth", "aor", "endpoint")
_BY_HAND = "It was changed on Asterisk's command line, by AMI or ARI."


class _Disturbed(Exception):
    """Each look met another release."""


class DriftWatch:
    """Looks for drift once an hour and when it is asked to, and puts it right when it is asked to.

    Attributes:
        found: what the last check found, in sentences.
        checked_at: when that was; None before the first.
    """

    def __init__(self, check: "DriftCheck", applier: Applier, ami: Ami, outbox: Outbox, changed: asyncio.Event) -> None:
        self._check = check
        self._applier = applier
        self._ami = ami
        self._outbox = outbox
        self._changed = changed
        self._asked: asyncio.Queue[Command] = asyncio.Queue()
        self.found: list[str] = []
        self.checked_at: dt.datetime | None = None

    def ask(self, command: Command) -> None:
        """Takes a ``check_drift`` or ``reconcile``; its result comes by the outbox."""
        self._asked.put_nowait(command)

    async def run(self, link: Link) -> None:
        """Until cancelled."""
        wait_s, at_last = _FIRST_AFTER_S, time.monotonic() + _LONGEST_S
        while True:
            command = None
            with contextlib.suppress(TimeoutError):
                command = await asyncio.wait_for(self._asked.get(), wait_s)
            wait_s = self._applier.moved_at + _QUIET_S - time.monotonic()
            if command is None and wait_s > 0 and time.monotonic() < at_last:
                continue
            problem = await self._look(link, restore=command is not None and command.kind == CommandKind.RECONCILE)
            wait_s = _QUIET_S if problem else _EVERY_S
            at_last = time.monotonic() + _LONGEST_S
            if command:
                data = {"drift": self.found}
                self._outbox.put(
                    "command-results", CommandResult(id=command.id, ok=not problem, detail=problem, data=data)
                )
            self._changed.set()

    async def _look(self, link: Link, *, restore: bool) -> str:
        """Does it; gives why it could not, as a sentence."""
        try:
            async with asyncio.timeout(_ASTERISK_WAIT_S):
                await self._ami.wait_up()
            if restore:
                await self._applier.restore(link)
            self.found = await self._undisturbed()
        except TimeoutError:
            return "Asterisk is not running on this node."
        except (AmiError, BundleRefused, LinkDown) as err:
            return str(err)
        except _Disturbed:
            return "Releases come one after the other on this node: ask again in a moment."
        self.checked_at = clock.now()
        log.info("drift.checked", found=self.found)
        return ""

    async def _undisturbed(self) -> list[str]:
        """What a look found that no release came into. It takes seconds; it makes way for an apply."""
        for _ in range(_TRIES):
            before = self._applier.moves
            if before % 2 == 0:
                found: list[str] = []
                async with contextlib.aclosing(self._check.find()) as steps:
                    async for step in steps:
                        if self._applier.moves != before:
                            break
                        found += step
                    else:
                        return found[:_MOST]
            await asyncio.sleep(_PAUSE_S)
        raise _Disturbed


class DriftCheck:
    """Compares the release in force with the disk and with Asterisk; changes nothing."""

    def __init__(self, releases: Releases, ami: Ami, verifier: Verifier) -> None:
        self._releases = releases
        self._ami = ami
        self._verifier = verifier

    async def find(self) -> AsyncGenerator[list[str], None]:
        """What differs, in sentences, step by step; nothing before the first release.

        Raises:
            AmiError: Asterisk went away.
        """
        digest, live = self._releases.live_digest(), self._releases.live_manifest()
        if digest is None or live is None:
            return
        yield [changed_by_hand(path) for path in await asyncio.to_thread(self._releases.damaged, digest)]
        named = await release_in_asterisk(self._ami)
        if named != live.release_id:
            yield [f"Asterisk runs release {named or '(none)'}, not {live.release_id}. {_BY_HAND}"]
        whole = await asyncio.to_thread(change_between, self._releases, None, digest)
        yield []
        actual = await self._verifier.all_contexts()
        yield _by_hand(await asyncio.to_thread(_dialplan_differences, whole.texts, actual))
        queues = await queues_in_asterisk(self._ami, None)
        for name in sorted(whole.queues.keys() | queues.keys()):
            yield _by_hand(queue_differences(name, whole.queues.get(name), queues.get(name)))
        wanted = await asyncio.to_thread(devices_of, self._releases, digest)
        phones: DeviceSet = {}
        async for part in device_parts(self._ami):
            phones |= part
            yield []
        yield _by_hand(await asyncio.to_thread(lambda: list(phone_differences(wanted, phones))))


def _by_hand(lines: Iterable[str]) -> list[str]:
    return [f"{line} {_BY_HAND}" for line in lines]


def _dialplan_differences(wanted: Mapping[str, Context | None], actual: Mapping[str, Context | None]) -> list[str]:
    found: list[str] = []
    for name in sorted(wanted.keys() | actual.keys()):
        text = wanted.get(name)
        found += differences(name, without_labels(text) if text else None, actual.get(name))
    return found


def phone_differences(wanted: DeviceSet, actual: DeviceSet) -> Iterator[str]:
    """Which phones Asterisk holds otherwise than the release, in sentences; never their passwords."""
    for name in sorted({name for _, name in wanted.keys() | actual.keys()}):
        differing = [kind for kind in _KINDS if wanted.get((kind, name)) != actual.get((kind, name))]
        if not differing:
            continue
        if all((kind, name) not in actual for kind in _KINDS):
            yield f"Asterisk lacks the phone {name}."
        elif all((kind, name) not in wanted for kind in _KINDS):
            yield f"Asterisk has a phone {name} that the release does not know."
        else:
            yield f"The phone {name} has another {' and '.join(differing)} in Asterisk than in the release."


def changed_by_hand(path: Path) -> str:
    """When a file of a release was changed, and whose it is now."""
    name = f"{path.parent.name}/{path.name}"
    if not path.exists():
        return f"The file {name} is gone, outside of a release."
    state = path.stat()
    moment = dt.datetime.fromtimestamp(state.st_mtime, dt.UTC)
    try:
        owner = path.owner()
    except KeyError:
        owner = str(state.st_uid)
    return (
        f"The file {name} was changed at {moment:%H:%M} UTC on {moment:%Y-%m-%d} by user {owner}, outside of a release."
    )
