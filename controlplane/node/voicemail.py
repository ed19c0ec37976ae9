"""What lies in the voicemail boxes: Asterisk's folders, messages with their envelopes, and PINs."""

import os
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from controlplane.kit import clock
from controlplane.protocol.link import MOVES_MOST, HeardVoicemail, VoicemailEnvelope

_NEW = frozenset({"INBOX", "Urgent"})
_AT_ONCE = 100
_SETTLED_NS = 1_000_000_000  # a folder's time is as coarse as the kernel's tick: only an old one says "no news"


@dataclass(frozen=True)
class Message:
    """One message in a box.

    Attributes:
        audio: its sound file.
        msg_id: Asterisk's lasting id; the file's number shifts when others are deleted.
        left_at: when recording began.
        duration_s: whole seconds.
    """

    audio: Path
    msg_id: str
    caller_id: str
    channel: str
    left_at: datetime
    duration_s: int

    @property
    def context(self) -> str:
        """The name of a folder, as are the box and what follows."""
        return self.audio.parents[2].name

    @property
    def box(self) -> str:
        """Its number."""
        return self.audio.parents[1].name

    @property
    def is_new(self) -> bool:
        """Nobody has heard it yet: the phone's lamp is on."""
        return self.audio.parent.name in _NEW

    def is_still_there(self) -> bool:
        """The file's number still means this message."""
        now = read_message(self.audio.with_suffix(".txt"))
        return now is not None and now.msg_id == self.msg_id

    def envelope(self) -> VoicemailEnvelope:
        """The same for the control plane."""
        return VoicemailEnvelope(
            context=self.context,
            box=self.box,
            msg_id=self.msg_id,
            caller_id=self.caller_id,
            channel=self.channel,
            left_at=self.left_at,
            duration_s=self.duration_s,
        )


def read_message(file: Path) -> Message | None:
    """The message of a ``msgNNNN.txt``; None if it is gone or not whole."""
    audio = file.with_suffix(".wav")
    try:
        text = file.read_text(errors="replace")
    except FileNotFoundError:
        return None
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if not (audio.exists() and fields.get("msg_id") and fields.get("origtime", "").isdigit()):
        return None
    duration = fields.get("duration", "")
    return Message(
        audio=audio,
        msg_id=fields["msg_id"],
        caller_id=fields.get("callerid", ""),
        channel=fields.get("callerchan", ""),
        left_at=clock.from_epoch(int(fields["origtime"])),
        duration_s=int(duration) if duration.isdigit() else 0,
    )


Box = tuple[str, str]
"""Voicemail context and number."""


class Mailboxes:
    """Finds what the control plane doesn't know yet: messages, and whether they were heard, by phone or by the page.

    Boxes are many and news are few, so a box is read only when its inbox has changed, and until all of it was told.
    """

    def __init__(self, voicemail: Path, store: sqlite3.Connection) -> None:
        self._voicemail = voicemail
        self._store = store
        self._stamps: dict[Box, int] = {}
        self._untold: dict[Box, None] = {}
        store.execute(
            "CREATE TABLE IF NOT EXISTS told_voicemail (context TEXT, box TEXT, msg_id TEXT, heard INTEGER NOT NULL,"
            " PRIMARY KEY (context, box, msg_id)) WITHOUT ROWID"
        )

    def look(self) -> None:
        """Notes which boxes have changed, quicker than listing their files would be; may run in a thread."""
        changed: dict[Box, int] = {}
        for box, inbox in self._inboxes():
            try:
                stamp = os.stat(inbox).st_mtime_ns  # noqa: PTH116 - a Path takes twice as long, and they are many
            except FileNotFoundError:
                continue
            if self._stamps.get(box) != stamp:
                changed[box] = stamp
        for box, stamp in changed.items():
            self._stamps.pop(box, None)
            if time.time_ns() - stamp > _SETTLED_NS:
                self._stamps[box] = stamp
        # The newest first: after a start all are looked at, and nobody's message waits behind thousands of old ones.
        self._untold = dict.fromkeys(sorted(changed, key=changed.__getitem__, reverse=True)) | self._untold

    def with_news(self) -> list["Mailbox"]:
        """Boxes of which something has to be told, a few at a time, each in its turn."""
        boxes = list(self._untold)[:_AT_ONCE]
        found = [box for box in map(self._read, boxes) if box.unsent or box.has_moves]
        for box in boxes:
            del self._untold[box]
        self._untold |= dict.fromkeys(one.box for one in found)
        return found

    def sent(self, message: Message) -> None:
        """The control plane has this message, as a new one."""
        self._tell([(message.context, message.box, message.msg_id, False)])

    def told(self, moves: HeardVoicemail) -> None:
        """The control plane knows which messages were heard."""
        self._tell([(moves.context, moves.box, id_, id_ in moves.heard) for id_ in moves.heard + moves.new])

    def _tell(self, rows: list[tuple[str, str, str, bool]]) -> None:
        with self._store as store:
            store.executemany("INSERT OR REPLACE INTO told_voicemail VALUES (?, ?, ?, ?)", rows)

    def _inboxes(self) -> Iterable[tuple[Box, str]]:
        for context in _folders(self._voicemail):
            for box in _folders(context.path):
                yield (context.name, box.name), f"{box.path}/INBOX"

    def _read(self, box: Box) -> "Mailbox":
        context, number = box
        files = sorted(Path(self._voicemail, context, number).glob("*/msg*.txt"))
        messages = [message for file in files if (message := read_message(file)) is not None]
        rows = self._store.execute("SELECT msg_id, heard FROM told_voicemail WHERE context = ? AND box = ?", box)
        told = {msg_id: bool(heard) for msg_id, heard in rows}
        unsent = [message for message in messages if message.msg_id not in told]
        moves = HeardVoicemail(context=context, box=number, heard=[], new=[])
        if box in self._stamps:  # else files may just be given other numbers, and be nowhere for a moment
            new = {message.msg_id for message in messages if message.is_new}
            moves.heard = [id_ for id_, heard in told.items() if not heard and id_ not in new][:MOVES_MOST]
            moves.new = [id_ for id_, heard in told.items() if heard and id_ in new][:MOVES_MOST]
            self._forget(box, {id_ for id_, heard in told.items() if heard} - {one.msg_id for one in messages})
        return Mailbox(box, unsent, moves)

    def _forget(self, box: Box, gone: set[str]) -> None:
        if gone:
            with self._store as store:
                store.executemany(
                    "DELETE FROM told_voicemail WHERE context = ? AND box = ? AND msg_id = ?",
                    ((*box, msg_id) for msg_id in gone),
                )


@dataclass(frozen=True)
class Mailbox:
    """One box's news.

    Attributes:
        unsent: messages that the control plane doesn't have, new or heard.
        moves: of those that it has, which were heard (or deleted by phone) or made new since it was told.
    """

    box: Box
    unsent: list[Message]
    moves: HeardVoicemail

    @property
    def has_moves(self) -> bool:
        """The control plane should hear of them."""
        return bool(self.moves.heard or self.moves.new)


def _folders(folder: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if entry.is_dir()]
    except FileNotFoundError:
        return []


_PIN = "secret.conf"  # where app_voicemail keeps a PIN that was changed by phone; it wins over voicemail.conf
_ASIDE = "secret.conf.aside"


class PhonePins:
    """PINs that people set by phone, in the face of a release that brings new ones."""

    def __init__(self, voicemail: Path) -> None:
        self._voicemail = voicemail

    def set_aside(self, boxes: Iterable[tuple[str, str]]) -> None:
        """Lets the release's PIN of these boxes (context, number) count from the next ``voicemail reload`` on."""
        for context, box in boxes:
            pin = self._voicemail / context / box / _PIN
            if pin.exists():
                pin.replace(pin.with_name(_ASIDE))

    def put_back(self) -> None:
        """Undoes :meth:`set_aside`, for a release that is taken back."""
        for aside in self._voicemail.glob(f"*/*/{_ASIDE}"):
            aside.replace(aside.with_name(_PIN))

    def forget(self) -> None:
        """Makes :meth:`set_aside` final."""
        for aside in self._voicemail.glob(f"*/*/{_ASIDE}"):
            aside.unlink()
