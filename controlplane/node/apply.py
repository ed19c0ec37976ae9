"""Puts a release in force on this node, proves it, and takes it back by itself if it does not hold."""

import asyncio
import re
import sqlite3
import time
from collections.abc import Collection
from dataclasses import dataclass

import structlog

from controlplane.node.ami import Ami, AmiDown, AmiError
from controlplane.node.ari import Ari
from controlplane.node.bundle import BundleRefused, Releases, changed_files
from controlplane.node.devices import DevicePush, devices_in_asterisk, devices_of
from controlplane.node.link import Link
from controlplane.node.reload import Reload, only_names_release, release_in_asterisk
from controlplane.node.verify import Verifier
from controlplane.protocol.bundle import ApplyReport, ApplyState, FileKind, Manifest

log = structlog.get_logger(__name__)

_ASTERISK_WAIT_S = 60.0
_CONTEXT = re.compile(r"^\[([^\]]+)\]", re.MULTILINE)


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

    def begin(self, old: str | None, new: str) -> None:
        """From here on until :meth:`finish` the node may be anywhere between the two."""
        with self._store as store:
            store.execute("INSERT INTO apply_journal VALUES (?, ?)", (old, new))

    def finish(self) -> None:
        """What ``current`` points to is wholly in force."""
        with self._store as store:
            store.execute("DELETE FROM apply_journal")

    def unfinished(self) -> _Unfinished | None:
        """The apply that was cut off, if one was."""
        row = self._store.execute("SELECT old, new FROM apply_journal").fetchone()
        return _Unfinished(*row) if row else None


class Applier:
    """Moves the node from release to release.

    After a SIGKILL at any step the node comes back to the release that was in force before, never to a mixture: the
    files switch in one step, and what Asterisk has loaded is brought in line by :meth:`reconcile`.
    """

    def __init__(self, releases: Releases, journal: Journal, ami: Ami, ari: Ari, verifier: Verifier) -> None:
        self._releases = releases
        self._journal = journal
        self._ami = ami
        self._ari = ari
        self._verifier = verifier
        self._lock = asyncio.Lock()
        self._told: str | None = None  # the release whose failed way back was reported already

    @property
    def is_settled(self) -> bool:
        """False in the middle of an apply, and after a way back that Asterisk refused, too."""
        return self._journal.unfinished() is None

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
            async with self._lock:
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
        async with self._lock:
            cut_off = self._journal.unfinished()
            if cut_off:
                self._releases.switch(cut_off.old)
            await self._bring_in_line(force=cut_off is not None)
            self._journal.finish()
        if cut_off is None or cut_off.new == self._told:
            return None
        return self._report(
            cut_off.new,
            ApplyState.ROLLED_BACK,
            ["The node was stopped in the middle of the apply; the release before is in force again."],
        )

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
        done = await Reload(kinds, push, release_id=release_id, only_names_release=False).run(self._ami, self._ari)
        problems: list[str] = []
        if live:
            problems = await self._verifier.problems(
                live, before, contexts=live.expect.contexts, devices=live.expect.devices, kinds=FileKind
            )
        log.info("apply.reconciled", release=release_id, steps=len(done), problems=problems)
        return problems

    async def _put_in_force(self, digest: str, new: Manifest) -> ApplyReport:
        if not self.is_settled:  # what is loaded must be known before something is built on it
            await self._bring_in_line(force=True)
            self._journal.finish()
        old_digest = self._releases.live_digest()
        old = self._releases.live_manifest()
        changed = changed_files(old, new)
        kinds = {file.kind for file in changed}
        paths = {file.path for file in changed}
        push = DevicePush(devices_of(self._releases, old_digest, paths), devices_of(self._releases, digest, paths))
        reload = Reload(
            kinds, push, release_id=new.release_id, only_names_release=only_names_release(self._releases, old, new)
        )
        contexts = self._contexts_in(digest, new, paths) | _new_contexts(old, new)
        before = await self._verifier.before()
        done: list[str] = []
        try:
            self._journal.begin(old_digest, digest)
            self._releases.switch(digest)
            done = await reload.run(self._ami, self._ari)
            problems = await self._verifier.problems(new, before, contexts=contexts, devices=push.changed, kinds=kinds)
        except (AmiError, ValueError) as err:
            problems = [f"Asterisk did not take the release: {err}"]
        if problems:
            problems += await self._take_back(old_digest)
            self._told = digest
            return self._report(digest, ApplyState.ROLLED_BACK, problems, done)
        self._journal.finish()
        return self._report(digest, ApplyState.LIVE, [], done)

    async def _take_back(self, old_digest: str | None) -> list[str]:
        """Returns to the release before; gives what did not work in that, in sentences."""
        self._releases.switch(old_digest)
        try:
            problems = await self._bring_in_line(force=True)
        except AmiDown:
            return ["Asterisk went away; it takes up the release before as soon as it is back."]
        except AmiError as err:
            return [f"Going back to the release before was refused too: {err}"]
        self._journal.finish()
        return [f"After going back: {problem}" for problem in problems]

    def _contexts_in(self, digest: str, manifest: Manifest, paths: Collection[str]) -> set[str]:
        files = [file.path for file in manifest.files if file.kind == FileKind.DIALPLAN and file.path in paths]
        return {name for path in files for name in _CONTEXT.findall(self._releases.read(digest, path))}

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


def _new_contexts(old: Manifest | None, new: Manifest) -> set[str]:
    """Contexts that are new, or whose number of lines has changed."""
    before = old.expect.contexts if old else {}
    return {name for name, count in new.expect.contexts.items() if before.get(name) != count}
