"""Puts a release in force on this node, proves it, and takes it back by itself if it does not hold."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

import structlog

from controlplane.node.ami import Ami, AmiDown, AmiError
from controlplane.node.ari import Ari
from controlplane.node.bundle import BundleRefused, Releases
from controlplane.node.change import Change, change_between
from controlplane.node.devices import DevicePush, devices_in_asterisk, devices_of
from controlplane.node.link import Link
from controlplane.node.reload import Reload, release_in_asterisk
from controlplane.node.verify import Before, Verifier
from controlplane.node.voicemail import PhonePins
from controlplane.protocol.bundle import ApplyReport, ApplyState, FileKind, Manifest

log = structlog.get_logger(__name__)

_ASTERISK_WAIT_S = 60.0


@dataclass(frozen=True)
class _Unfinished:
    """An apply that a SIGKILL or a crash cut off."""

    old: str | None
    new: str


class Journal:
    """Remembers that an apply is under way, so that whoever wakes up in the middle can take it back."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store
        store.execute("CREATE TABLE IF NOT EXISTS apply_journal (old TEXT, new TEXT NOT NULL)")
        store.execute("CREATE TABLE IF NOT EXISTS apply_word (report TEXT NOT NULL)")

    def begin(self, old: str | None, new: str) -> None:
        """From here on until :meth:`finish` the node may be anywhere between the two."""
        with self._store as store:
            store.execute("INSERT INTO apply_journal VALUES (?, ?)", (old, new))

    def finish(self, report: ApplyReport | None = None) -> None:
        """What ``current`` points to is wholly in force; the report is kept until :meth:`told`."""
        with self._store as store:
            store.execute("DELETE FROM apply_journal")
            if report:
                store.execute("INSERT INTO apply_word VALUES (?)", (report.model_dump_json(),))

    def told(self) -> None:
        """The last report is in the outbox: nothing can lose it any more."""
        with self._store as store:
            store.execute("DELETE FROM apply_word")

    def unfinished(self) -> _Unfinished | None:
        """The apply that was cut off, if one was."""
        row = self._store.execute("SELECT old, new FROM apply_journal").fetchone()
        return _Unfinished(*row) if row else None

    def untold(self) -> ApplyReport | None:
        """The report of an apply that was finished but not told."""
        row = self._store.execute("SELECT report FROM apply_word").fetchone()
        return ApplyReport.model_validate_json(row[0]) if row else None


class Applier:
    """Moves the node from release to release.

    After a SIGKILL at any step the node comes back to the release that was in force before, never to a mixture: the
    files switch in one step, and what Asterisk has loaded is brought in line by :meth:`reconcile`.

    Attributes:
        moves: odd while something is being put in force, another number after it: whoever only looks needn't make an
            apply wait, but can tell whether one came in between.
        moved_at: when that last was, by the monotonic clock.
    """

    def __init__(self, releases: Releases, journal: Journal, ami: Ami, ari: Ari, verifier: Verifier) -> None:
        self._releases = releases
        self._journal = journal
        self._ami = ami
        self._ari = ari
        self._verifier = verifier
        self._pins = PhonePins(releases.voicemail)
        self._lock = asyncio.Lock()
        self.moves = 0
        self.moved_at = time.monotonic()
        self._told: str | None = None  # the release whose failed way back was reported already

    @property
    def is_settled(self) -> bool:
        """False in the middle of an apply, and after a way back that Asterisk refused, too."""
        return self._journal.unfinished() is None

    @property
    def dealt_with(self) -> str | None:
        """The release that was last put in force or taken back, however it was cut off; not to be tried again."""
        if cut_off := self._journal.unfinished():
            return cut_off.new
        untold = self._journal.untold()
        return untold.digest if untold else self._releases.live_digest()

    async def apply(self, link: Link, digest: str) -> ApplyReport:
        """Fetches a release and puts it in force; the report says how that went.

        Raises:
            LinkDown: the control plane went away before all of it was here; nothing was changed.
        """
        began = time.monotonic()
        try:
            manifest = await self._releases.fetch(link, digest)
            async with asyncio.timeout(_ASTERISK_WAIT_S):
                await self._ami.wait_up()
            async with self._moving():
                report = await self._put_in_force(digest, manifest)
        except (BundleRefused, AmiError, TimeoutError) as err:
            problem = str(err) or "Asterisk is not running on this node; apply again when it is."
            report = self._report(digest, ApplyState.FAILED, [problem])
        report.took_ms = round(1000 * (time.monotonic() - began))
        log.info("apply.done", state=report.state, took_ms=report.took_ms, problems=report.problems)
        return report

    async def reconcile(self) -> ApplyReport | None:
        """Brings Asterisk in line with the release in force; gives a report if an apply was cut off.

        Raises:
            AmiError: Asterisk refused or went away; to be done again at the next connection.
        """
        async with self._moving():
            cut_off = self._journal.unfinished()
            if cut_off:
                self._go_back(cut_off.old)
            await self._bring_in_line(force=cut_off is not None)
            if cut_off is None:
                self._pins.forget()
                return self._journal.untold()
            told = "The node was stopped in the middle of the apply; the release before is in force again."
            report = None
            if cut_off.new != self._told:
                report = self._report(cut_off.new, ApplyState.ROLLED_BACK, [told])
            self._journal.finish(report)
            return report

    @contextlib.asynccontextmanager
    async def _moving(self) -> AsyncIterator[None]:
        """One at a time, counted at its begin and its end."""
        async with self._lock:
            self.moves += 1
            try:
                yield
            finally:
                self.moves += 1
                self.moved_at = time.monotonic()

    async def prepare(self) -> None:
        """Makes the next apply quicker; never beside a restore, which mends the very files that are linked here."""
        async with self._lock:
            await asyncio.to_thread(self._releases.lay_spare)

    async def restore(self, link: Link) -> list[str]:
        """Puts right what was changed outside of a release, on the disk and in Asterisk; gives what is still wrong.

        Raises:
            BundleRefused: the control plane does not have the files any more.
            LinkDown: the control plane went away before all of it was here.
            AmiError: Asterisk refused or went away.
        """
        async with self._moving():
            if digest := self._releases.live_digest():
                await self._releases.repair(link, digest)
            problems = await self._bring_in_line(force=True)
            self._journal.finish()
            return problems

    def told(self) -> None:
        """To be called when the report that :meth:`apply` or :meth:`reconcile` gave can't be lost any more."""
        self._journal.told()

    async def _bring_in_line(self, *, force: bool) -> list[str]:
        """Loads the release in force where Asterisk differs from it; gives what is still wrong, in sentences."""
        digest, live = self._releases.live_digest(), self._releases.live_manifest()
        if live is None and not force:
            return []
        before = await self._verifier.before()
        release_id = live.release_id if live else ""
        is_stale = force or await release_in_asterisk(self._ami) != release_id
        push = DevicePush(await devices_in_asterisk(self._ami), devices_of(self._releases, digest))
        kinds: Collection[FileKind] = frozenset(FileKind) if is_stale else ()
        if not kinds and push.is_empty:
            return []
        done = await Reload(kinds, push, release_id=release_id).run(self._ami, self._ari)
        problems: list[str] = []
        if live and digest:
            whole = await asyncio.to_thread(change_between, self._releases, None, digest)
            problems = await self._problems(live, before, whole, devices=whole.push.changed, kinds=list(FileKind))
        log.info("apply.reconciled", release=release_id, steps=len(done), problems=problems)
        return problems

    async def _put_in_force(self, digest: str, new: Manifest) -> ApplyReport:
        if not self.is_settled:  # what is loaded must be known before something is built on it
            await self._bring_in_line(force=True)
            self._journal.finish()
        old_digest = self._releases.live_digest()
        change = await asyncio.to_thread(change_between, self._releases, old_digest, digest)
        reload = Reload(
            change.kinds,
            change.push,
            release_id=new.release_id,
            dialplan=change.dialplan,
            queues=change.queues_to_reload,
        )
        before = await self._verifier.before()
        done: list[str] = []
        try:
            self._journal.begin(old_digest, digest)
            self._pins.set_aside(change.boxes)
            self._releases.switch(digest)
            done = await reload.run(self._ami, self._ari)
            problems = await self._problems(new, before, change, devices=change.push.changed, kinds=change.kinds)
        except (AmiError, ValueError) as err:
            problems = [f"Asterisk did not take the release: {err}"]
        if problems:
            return await self._take_back(old_digest, digest, problems, done)
        report = self._report(digest, ApplyState.LIVE, [], done)
        self._journal.finish(report)
        self._pins.forget()
        return report

    async def _problems(
        self, new: Manifest, before: Before, change: Change, *, devices: Collection[str], kinds: Collection[FileKind]
    ) -> list[str]:
        return await self._verifier.problems(
            new,
            before,
            contexts=change.contexts,
            texts=change.texts,
            queues=change.queues,
            devices=devices,
            kinds=kinds,
        )

    async def _take_back(
        self, old_digest: str | None, digest: str, problems: list[str], done: list[str]
    ) -> ApplyReport:
        """Returns to the release before; the report also says what did not work in that."""
        self._told = digest
        self._go_back(old_digest)
        try:
            after = await self._bring_in_line(force=True)
        except AmiDown:
            problems.append("Asterisk went away; it takes up the release before as soon as it is back.")
        except AmiError as err:
            problems.append(f"Going back to the release before was refused too: {err}")
        else:
            problems += [f"After going back: {problem}" for problem in after]
            report = self._report(digest, ApplyState.ROLLED_BACK, problems, done)
            self._journal.finish(report)
            return report
        return self._report(digest, ApplyState.ROLLED_BACK, problems, done)

    def _go_back(self, old_digest: str | None) -> None:
        self._releases.switch(old_digest)
        self._pins.put_back()

    def _report(
        self, digest: str, state: ApplyState, problems: list[str], reloads: list[str] | None = None
    ) -> ApplyReport:
        return ApplyReport(
            digest=digest,
            state=state,
            live_digest=self._releases.live_digest(),
            problems=problems,
            reloads=reloads or [],
        )
