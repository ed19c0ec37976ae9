"""Carries finished recordings and voicemail to the control plane, however long that takes."""

import asyncio
import hashlib
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

import structlog

from controlplane.node.backoff import Backoff
from controlplane.node.layout import AsteriskLayout
from controlplane.node.link import Link, LinkDown, LinkRefused
from controlplane.node.runtime import running_pid
from controlplane.node.voicemail import Mailboxes, Message
from controlplane.protocol.link import HeardVoicemail, UploadKind

log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 1.0
_QUIET_S = 1.0
_RETRY_REFUSED_S = 3600.0


class Uploader:
    """Sends each file until the control plane has acknowledged it.

    A recording is then deleted here. A voicemail message stays, since the phone's owner listens to it on the node; that
    it was heard there is told, too.
    """

    def __init__(self, layout: AsteriskLayout, store: sqlite3.Connection) -> None:
        self._layout = layout
        self._recordings = layout.spool / "monitor"  # where MixMonitor writes what is named without a folder
        self._boxes = Mailboxes(layout.spool / "voicemail", store)
        self._refused: dict[str, float] = {}
        self.waiting = 0

    async def run(self, link: Link) -> None:
        """Looks for finished files and sends them until cancelled."""
        backoff = Backoff(first_s=0.5, most_s=30.0)
        while True:
            try:
                await self._send_all(link)
                backoff.reset()
            except LinkDown as err:
                log.debug("uploader.waiting", reason=str(err))
                await backoff.sleep()
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _send_all(self, link: Link) -> None:
        await asyncio.to_thread(self._boxes.look)
        recordings, boxes = self._finished_recordings(), self._boxes.with_news()
        self.waiting = len(recordings) + sum(len(box.unsent) for box in boxes)
        for recording in recordings:
            await self._send_recording(link, recording)
            self.waiting -= 1
        for box in boxes:
            for message in box.unsent:
                await self._send_message(link, message)
                self.waiting -= 1
            if box.has_moves:
                await self._send_moves(link, box.moves)

    async def _send_recording(self, link: Link, file: Path) -> None:
        linkedid = file.name.partition("~")[0]
        # An empty one is of a call that was never bridged.
        if not _size(file) or await self._send(link, UploadKind.RECORDING, file.name, file, linkedid=linkedid):
            _delete(file)

    async def _send_message(self, link: Link, message: Message) -> None:
        name = f"{message.msg_id}{message.audio.suffix}"
        if await self._send(link, UploadKind.VOICEMAIL, name, message.audio, message=message):
            self._boxes.sent(message)

    async def _send_moves(self, link: Link, moves: HeardVoicemail) -> None:
        try:
            await link.post("voicemail/heard", moves)
        except LinkRefused as err:
            log.warning("uploader.moves_refused", box=moves.box, reason=str(err))
        self._boxes.told(moves)

    async def _send(
        self,
        link: Link,
        kind: UploadKind,
        name: str,
        file: Path,
        *,
        linkedid: str | None = None,
        message: Message | None = None,
    ) -> bool:
        """True once the control plane has it."""
        what = f"{message.context}/{message.box}/{name}" if message else name
        if time.monotonic() < self._refused.get(what, 0):
            return False
        try:
            sha256, size = await asyncio.to_thread(_measure, file)
            if message and not await asyncio.to_thread(message.is_still_there):
                return False  # files get other numbers when one is heard or deleted by phone
            envelope = message.envelope() if message else None
            await link.upload(kind, name, file, size=size, sha256=sha256, linkedid=linkedid, envelope=envelope)
        except FileNotFoundError:
            return False  # its owner deleted or moved it just now; the next look finds it
        except LinkRefused as err:
            log.warning("uploader.refused", name=name, reason=str(err), hint="tried again in an hour")
            self._refused[what] = time.monotonic() + _RETRY_REFUSED_S
            return False
        return True

    def _finished_recordings(self) -> list[Path]:
        being_written = _open_files(running_pid(self._layout))
        quiet_since = time.time() - _QUIET_S
        return [
            path
            for path in _files(self._recordings)
            if str(path.resolve()) not in being_written and path.stat().st_mtime < quiet_since
        ]


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.exists() else []


def _open_files(pid: int | None) -> frozenset[str]:
    """Files that a process has open; none if it is gone. noded runs as Asterisk's user, so it may look."""
    if pid is None:
        return frozenset()
    found = set[str]()
    try:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            try:
                found.add(str(descriptor.readlink()))
            except FileNotFoundError:
                continue  # closed meanwhile
    except FileNotFoundError:
        return frozenset()  # it ended meanwhile
    return frozenset(found)


def _size(file: Path) -> int:
    return file.stat().st_size


def _delete(file: Path) -> None:
    file.unlink(missing_ok=True)


def _measure(file: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes."""
    with file.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256")
        return digest.hexdigest(), source.tell()
