"""What noded tells of voicemail boxes, seen in the folders that Asterisk keeps."""

import os
import time
from pathlib import Path

import pytest

from controlplane.node.store import open_store
from controlplane.node.voicemail import Mailbox, Mailboxes


class Spool:
    """One box, written as app_voicemail does it."""

    def __init__(self, folder: Path) -> None:
        self.box = folder / "voicemail" / "vm-1" / "301"
        self.store = open_store(folder / "noded.db")
        self.start()

    def start(self) -> None:
        self.mailboxes = Mailboxes(self.box.parents[1], self.store)

    def leave(self, msg_id: str, number: int = 0, folder: str = "INBOX") -> None:
        place = self.box / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / f"msg{number:04}.wav").write_bytes(b"RIFF")
        text = f"[message]\nmsg_id={msg_id}\norigtime=1795230265\nduration=2\ncallerid=+1555\n"
        (place / f"msg{number:04}.txt").write_text(text)

    def move(self, old: str, new: str) -> None:
        (self.box / new).parent.mkdir(exist_ok=True)
        for kind in (".wav", ".txt"):
            (self.box / (old + kind)).rename(self.box / (new + kind))

    def news(self, *, is_settled: bool = True) -> list[Mailbox]:
        """What a look finds; folders that changed long ago are believed to be at rest."""
        if is_settled:
            long_ago = time.time() - 60 - self._changes()
            for folder in self.box.iterdir():
                os.utime(folder, (long_ago, long_ago))
        self.mailboxes.look()
        return self.mailboxes.with_news()

    def _changes(self) -> int:
        self._changed = getattr(self, "_changed", 0) + 1
        return self._changed

    def tell(self, **settled: bool) -> tuple[list[str], list[str], list[str]]:
        """Carries the news over: what was sent, what was heard, what is new again."""
        sent, heard, new = [], [], []
        for box in self.news(**settled):
            for message in box.unsent:
                sent.append(message.msg_id)
                self.mailboxes.sent(message)
            if box.has_moves:
                heard += box.moves.heard
                new += box.moves.new
                self.mailboxes.told(box.moves)
        return sent, heard, new


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def test_a_message_is_sent_once_and_its_hearing_told_once(spool: Spool) -> None:
    spool.leave("a")
    assert spool.tell() == (["a"], [], [])
    assert spool.tell() == ([], [], [])
    spool.move("INBOX/msg0000", "Old/msg0000")
    assert spool.tell() == ([], ["a"], [])
    assert spool.tell() == ([], [], [])
    spool.move("Old/msg0000", "INBOX/msg0000")
    assert spool.tell() == ([], [], ["a"])
    spool.start()
    assert spool.tell() == ([], [], []), "a restart forgets nothing"


def test_what_was_heard_before_it_could_be_sent_is_sent_all_the_same(spool: Spool) -> None:
    spool.leave("a")
    spool.leave("b", 0, "Old")
    spool.leave("c", 0, "Urgent")
    assert [sorted(part) for part in spool.tell()] == [["a", "b", "c"], [], []]
    assert spool.tell() == ([], ["b"], [])


def test_what_is_deleted_by_phone_counts_as_heard(spool: Spool) -> None:
    spool.leave("a")
    spool.leave("b", 1)
    spool.tell()
    for file in spool.box.glob("INBOX/msg0000.*"):
        file.unlink()
    spool.move("INBOX/msg0001", "INBOX/msg0000")  # the rest moves up
    assert spool.tell() == ([], ["a"], [])


def test_a_box_that_is_being_rearranged_is_left_until_it_rests(spool: Spool) -> None:
    spool.leave("a")
    spool.tell()
    aside = spool.box / "INBOX" / "moving"
    (spool.box / "INBOX" / "msg0000.txt").rename(aside)
    assert spool.tell(is_settled=False) == ([], [], [])
    aside.rename(spool.box / "INBOX" / "msg0000.txt")
    assert spool.tell(is_settled=False) == ([], [], [])
    assert spool.tell() == ([], [], [])


def test_what_was_not_taken_is_told_again(spool: Spool) -> None:
    spool.leave("a")
    assert [len(box.unsent) for box in spool.news()] == [1]
    assert [len(box.unsent) for box in spool.news()] == [1]
    spool.tell()
    spool.move("INBOX/msg0000", "Old/msg0000")
    assert [box.moves.heard for box in spool.news()] == [["a"]]
    assert [box.moves.heard for box in spool.news()] == [["a"]]


def test_a_number_that_means_another_message_by_now_is_noticed(spool: Spool) -> None:
    spool.leave("a")
    spool.leave("b", 1)
    first, second = spool.news()[0].unsent
    assert (first.is_still_there(), second.is_still_there()) == (True, True)
    for file in spool.box.glob("INBOX/msg0000.*"):
        file.unlink()
    spool.move("INBOX/msg0001", "INBOX/msg0000")
    assert (first.is_still_there(), second.is_still_there()) == (False, False)
    assert [message.msg_id for message in spool.news()[0].unsent] == ["b"]


def test_the_newest_box_comes_first(spool: Spool) -> None:
    boxes = ["301", "302", "303"]
    for number in boxes:
        spool.box = spool.box.with_name(number)
        spool.leave(f"of {number}")
    for age, number in enumerate(["302", "303", "301"]):
        left_at = time.time() - 60 - age
        os.utime(spool.box.with_name(number) / "INBOX", (left_at, left_at))
    assert [box.box[1] for box in spool.news(is_settled=False)] == ["302", "303", "301"]
    os.utime(spool.box.with_name("301") / "INBOX")
    assert [box.box[1] for box in spool.news(is_settled=False)] == ["301", "302", "303"]
