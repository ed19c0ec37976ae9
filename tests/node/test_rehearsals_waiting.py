"""A node plays rehearsals one after the other, and says at once when too many wait already."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from controlplane.kit import clock
from controlplane.node.layout import AsteriskLayout
from controlplane.node.outbox import Outbox
from controlplane.node.rehearsal.rehearsals import MOST_WAITING, Rehearsals
from controlplane.node.store import open_store
from controlplane.protocol.link import Command, CommandKind


def test_who_comes_when_too_many_wait_is_told_at_once(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "noded.db")) as store:
        rehearsals = Rehearsals(AsteriskLayout(root=tmp_path, tree=tmp_path), Outbox(store))
        for number in range(MOST_WAITING + 1):
            expires_at = clock.now() + timedelta(minutes=1)
            rehearsals.ask(Command(id=str(number), kind=CommandKind.SIMULATE, args={}, expires_at=expires_at))
        told = [json.loads(body) for (body,) in store.execute("SELECT body FROM outbox")]
    assert [(one["id"], one["ok"]) for one in told] == [(str(MOST_WAITING), False)]
    assert "try again" in told[0]["detail"]
