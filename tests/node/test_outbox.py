"""Words to the control plane: whoever waits for their delivery waits no longer than it says."""

import asyncio
import time
from contextlib import closing
from pathlib import Path

from controlplane.node.link import LinkDown
from controlplane.node.outbox import Outbox
from controlplane.node.store import open_store
from controlplane.protocol.bundle import ApplyReport, ApplyState

REPORT = ApplyReport(digest="0" * 64, state=ApplyState.LIVE, live_digest="0" * 64)


class SlowLink:
    """Takes a word after a moment, or never while it is down."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.is_down = False

    async def post(self, path: str, _body: str) -> bytes:
        await asyncio.sleep(0.05)
        if self.is_down:
            raise LinkDown("away")
        self.taken.append(path)
        return b""


async def test_a_word_is_waited_for_until_it_is_delivered(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "noded.db")) as store:
        outbox, link = Outbox(store), SlowLink()
        running = asyncio.create_task(outbox.run(link))  # type: ignore[arg-type]
        for turn in range(2):
            outbox.put("apply-reports", REPORT)
            outbox.put("command-results", REPORT)
            await outbox.emptied(10)
            assert link.taken == ["apply-reports", "command-results"] * (turn + 1)
        link.is_down = True
        outbox.put("apply-reports", REPORT)
        begun = time.monotonic()
        await outbox.emptied(0.2)
        assert 0.2 <= time.monotonic() - begun < 5
        assert len(link.taken) == 4
        running.cancel()
