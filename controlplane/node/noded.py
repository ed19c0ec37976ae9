"""The small process beside each Asterisk: wires its parts, and keeps each of them going."""

import asyncio
import contextlib
import shutil
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from logging import DEBUG, WARNING

import structlog

from controlplane.node.ami import Ami, AmiError
from controlplane.node.apply import Applier, Journal
from controlplane.node.ari import Ari
from controlplane.node.backoff import Backoff
from controlplane.node.bundle import Releases
from controlplane.node.commands import Commands
from controlplane.node.drift import DriftCheck, DriftWatch
from controlplane.node.layout import AsteriskLayout
from controlplane.node.link import Link, LinkDown, LinkRefused, enrol, make_client
from controlplane.node.outbox import Outbox
from controlplane.node.rehearsal.rehearsals import Rehearsals
from controlplane.node.reload import RELOAD_TRUNKS, queues_loaded
from controlplane.node.spool import Spool
from controlplane.node.store import open_store
from controlplane.node.tailer import Tailer
from controlplane.node.uploader import Uploader
from controlplane.node.verify import Verifier
from controlplane.node.watch import Watch
from controlplane.protocol.bundle import ApplyReport, ApplyState
from controlplane.protocol.link import Command, CommandKind, Heartbeat

log = structlog.get_logger(__name__)

_BATCH = 1000
_LINGER_S = 0.1  # facts seldom come alone: a call writes several, a shop's phones register together
_BURST_S = 0.2  # changes within it are one heartbeat
_BURST_OF_PHONE_S = 0.0001  # and longer after one that named all phones: with 10,000 it costs something
_HEARTBEAT_EVERY_S = 10.0
_LOOK_AGAIN_S = 5.0
_TIDY_EVERY_S = 600.0
_REPORT_FIRST_S = 1.0
_LOG_MAX = 64 * 1024 * 1024
_COMMANDS_REMEMBERED = 1000


Part = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class NodedConfig:
    """What noded must be told.

    Attributes:
        layout: the Asterisk beside it.
        control_url: where the control plane is, such as ``https://pbx.example.com``.
        enrolment_code: needed once, the first time.
    """

    layout: AsteriskLayout
    control_url: str
    enrolment_code: str | None = None


def serve(config: NodedConfig) -> None:
    """Runs noded as a process of its own until SIGTERM or Ctrl-C.

    Raises:
        LinkRefused: see :func:`run_noded`.
    """

    async def main() -> None:
        running = asyncio.ensure_future(run_noded(config))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running

    asyncio.run(main())


async def run_noded(config: NodedConfig) -> None:
    """Runs until cancelled; calls go on without it, and it catches up when it is back.

    Raises:
        LinkRefused: the control plane doesn't take the enrolment code.
    """
    async with make_client(config.control_url) as client:
        with contextlib.closing(open_store(config.layout.root / "noded.db")) as store:
            async with asyncio.TaskGroup() as tasks:
                node = _Local(config.layout, store)
                local: list[Part] = [node.ami.run, node.ari.run, node.tailer.run, node.watch.run, node.tidy]
                for part in local:
                    tasks.create_task(_keep_going(part))
                identity = await enrol(client, config.layout.secrets, config.enrolment_code, config.layout.systemname)
                linked = _Linked(node, Link(client, identity))
                for part in linked.parts():
                    tasks.create_task(_keep_going(part))


async def _keep_going(part: Part) -> None:
    """Starts a part again after a fault of ours: the others must not stop with it."""
    backoff = Backoff(first_s=0.5, most_s=30.0)
    while True:
        try:
            await part()
        except Exception:
            log.exception("noded.part_failed", part=getattr(part, "__qualname__", str(part)))
        await backoff.sleep()


class _Local:
    """All that works without the control plane."""

    def __init__(self, layout: AsteriskLayout, store: sqlite3.Connection) -> None:
        self.layout = layout
        self.store = store
        self.ami = Ami(layout.ports.ami, "noded", layout.ami_secret)
        self.ari = Ari(layout.ports.ari, "noded", layout.ari_secret)
        self.spool = Spool(store)
        self.tailer = Tailer(layout, self.spool, self._reopen_logs)
        self.watch = Watch(layout, self.ami, self.spool, self._drain)
        self.uploader = Uploader(layout, store)
        self.outbox = Outbox(store)
        self.commands = Commands(layout, self.ami, self.ari)

    async def tidy(self) -> None:
        """Throws away what nobody needs any more, once in a while."""
        while True:
            self.spool.tidy()
            if self._move_large_logs():
                await self._reopen_logs()
            await asyncio.sleep(_TIDY_EVERY_S)

    def _move_large_logs(self) -> bool:
        """Keeps one old file of each of Asterisk's own logs, so that they can't fill the disk."""
        large = [path for path in self.layout.log.glob("*.log") if path.stat().st_size > _LOG_MAX]
        for path in large:
            path.replace(path.with_name(path.name + ".1"))
        return bool(large)

    async def _reopen_logs(self) -> None:
        with contextlib.suppress(AmiError):
            await self.ami.command("logger reload")

    def _drain(self) -> None:
        while self.tailer.read_once():
            pass


class _Linked:
    """All that speaks with the control plane."""

    def __init__(self, node: _Local, link: Link) -> None:
        self._node = node
        self._link = link
        self._releases = Releases(node.layout)
        verifier = Verifier(node.layout, node.ami)
        self._applier = Applier(self._releases, Journal(node.store), node.ami, node.ari, verifier)
        check = DriftCheck(self._releases, node.ami, verifier)
        self._drift = DriftWatch(check, self._applier, node.ami, node.outbox, node.watch.changed)
        self._dealt_with = self._applier.dealt_with
        self._wanted: str | None = None
        self._wish = asyncio.Event()
        self._seen: dict[str, None] = {}
        self._rehearsals = Rehearsals(node.layout, node.outbox)
        self._told_devices: list[str] | None = None

    def parts(self) -> list[Part]:
        """What runs side by side."""
        return [
            self.push, self.poll, self.apply, self.reconcile, self.heartbeat, self.send_words, self.upload,
            self.rehearse, self.watch_drift, self.tell_members,
        ]  # fmt: skip

    async def push(self) -> None:
        """Hands facts over as they come, oldest first."""
        spool = self._node.spool
        backoff = Backoff(first_s=0.1, most_s=10.0)
        while True:
            spool.grown.clear()
            facts = spool.batch(_BATCH)
            if not facts:
                await spool.grown.wait()
                await asyncio.sleep(_LINGER_S)
                continue
            try:
                ack = await self._link.push_facts(facts)
                spool.acknowledge(ack.boot, ack.seq)
                backoff.reset()
            except LinkDown as err:
                log.debug("noded.facts_wait", reason=str(err))
                await backoff.sleep()
            except LinkRefused as err:  # kept: a newer control plane may take them
                log.warning("noded.facts_refused", reason=str(err))
                await backoff.sleep()

    async def poll(self) -> None:
        """Waits for releases and commands."""
        backoff = Backoff(first_s=0.1, most_s=10.0)
        while True:
            try:
                answer = await self._link.poll(self._dealt_with)
            except (LinkDown, LinkRefused) as err:
                is_refusal = isinstance(err, LinkRefused) or err.is_refusal
                log.log(WARNING if is_refusal else DEBUG, "noded.poll_failed", reason=str(err))
                await backoff.sleep()
                continue
            backoff.reset()
            for command in answer.commands:
                await self._obey(command)
            if answer.desired and answer.desired != self._dealt_with:
                self._dealt_with = self._wanted = answer.desired
                self._wish.set()

    async def apply(self) -> None:
        """Puts the newest wanted release in force."""
        backoff = Backoff(first_s=0.5, most_s=10.0)
        while True:
            await self._wish.wait()
            self._wish.clear()
            wanted = self._wanted
            if wanted is None or wanted == self._releases.live_digest():
                continue
            try:
                report = await self._applier.apply(self._link, wanted)
            except LinkDown as err:
                log.info("noded.release_waits", reason=str(err))
                self._wish.set()
                await backoff.sleep()
                continue
            backoff.reset()
            self._tell(report)
            # Somebody waits for it. What follows takes both cores, and a heartbeat the same row of the database.
            await self._node.outbox.emptied(_REPORT_FIRST_S)
            is_live = report.state == ApplyState.LIVE  # else all was loaded again on the way back
            await self._node.watch.members.read_again(queues_loaded(report.reloads) if is_live else None)
            if not is_live or RELOAD_TRUNKS in report.reloads:
                self._node.watch.read_trunks_soon()
            self._node.watch.changed.set()
            await asyncio.to_thread(self._releases.tidy)
            await self._applier.prepare()

    async def reconcile(self) -> None:
        """Brings each Asterisk that comes up in line with the release in force, and one that refused to go back."""
        while True:
            await self._node.ami.wait_up()
            try:
                report = await self._applier.reconcile()
            except AmiError as err:
                log.warning("noded.reconcile_failed", reason=str(err))
                await asyncio.sleep(_LOOK_AGAIN_S if self._node.ami.is_up else 0)
                continue
            if report is not None:
                self._dealt_with = report.digest
                self._tell(report)
            await self._until_to_reconcile()

    def _tell(self, report: ApplyReport) -> None:
        self._node.outbox.put("apply-reports", report)
        self._applier.told()

    async def _until_to_reconcile(self) -> None:
        """Until Asterisk is gone, or was left between two releases."""
        while True:
            try:
                async with asyncio.timeout(_LOOK_AGAIN_S):
                    return await self._node.ami.wait_down()
            except TimeoutError:
                if not self._applier.is_settled:
                    return None

    async def heartbeat(self) -> None:
        """Says how the node is: every ten seconds, and when it changed."""
        changed = self._node.watch.changed
        while True:
            changed.clear()
            devices = self._node.watch.registered() if self._node.ami.is_up else None
            state = await self._state(devices)
            try:
                await self._link.heartbeat(state)
                self._told_devices = devices
            except (LinkDown, LinkRefused) as err:
                log.debug("noded.heartbeat_failed", reason=str(err))
                self._told_devices = None
            await asyncio.sleep(_BURST_S + _BURST_OF_PHONE_S * len(state.registered_devices or ()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_HEARTBEAT_EVERY_S):
                    await changed.wait()

    async def send_words(self) -> None:
        """Delivers reports and command results."""
        await self._node.outbox.run(self._link)

    async def upload(self) -> None:
        """Delivers recordings and voicemail."""
        await self._node.uploader.run(self._link)

    async def rehearse(self) -> None:
        """Plays calls on the shadow."""
        await self._rehearsals.run(self._link)

    async def watch_drift(self) -> None:
        """Looks for what was changed outside of a release."""
        await self._drift.run(self._link)

    async def tell_members(self) -> None:
        """Tells what the members of queues do."""
        await self._node.watch.members.run(self._link)

    async def _obey(self, command: Command) -> None:
        """Each command once, though its delivery may be repeated."""
        if command.id in self._seen:
            return
        self._seen[command.id] = None
        if len(self._seen) > _COMMANDS_REMEMBERED:
            self._seen.pop(next(iter(self._seen)))
        if command.kind == CommandKind.SIMULATE:
            self._rehearsals.ask(command)  # takes its time, on an Asterisk of its own
            return
        if command.kind in {CommandKind.CHECK_DRIFT, CommandKind.RECONCILE}:
            self._drift.ask(command)  # seconds, and it waits for an apply that is under way
            return
        result = await self._node.commands.run(command)
        log.info("noded.command", kind=command.kind, ok=result.ok, detail=result.detail)
        self._node.outbox.put("command-results", result)

    async def _state(self, devices: list[str] | None) -> Heartbeat:
        node = self._node
        return Heartbeat(
            asterisk_up=node.ami.is_up,
            asterisk_version=node.watch.version,
            live_digest=self._releases.live_digest(),
            spool_depth=node.spool.depth(),
            spool_mb=node.spool.disk_bytes() // (1024 * 1024),
            uploads_waiting=node.uploader.waiting,
            active_calls=await node.watch.active_calls(),
            trunks=node.watch.trunks,
            registered_devices=None if devices == self._told_devices else devices,
            disk_free_mb=shutil.disk_usage(node.layout.root).free // (1024 * 1024),
            drift=self._drift.found,
            drift_checked_at=self._drift.checked_at,
            sip_address=node.layout.sip_address,
        )
