"""A node that tells of recorded calls and uploads sound, and the jobs that follow."""

import base64
import hashlib
import io
import time
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import UUID

import httpx2
import numpy as np
import soundfile

import controlplane.entrypoints.worker  # noqa: F401 - declares the jobs
from controlplane.platform.jobs import Queue
from controlplane.protocol.facts import Fact, FactBatch
from controlplane.protocol.link import VoicemailEnvelope, sign_digest_headers
from tests.api.nodes.fake_node import FakeNode

STREAMS = Path(__file__).parents[2] / "replay" / "streams"
ORG, LOCATION = "00000000-0000-7000-8001-000000000001", "00000000-0000-7000-8002-000000000001"


def extension(number: int) -> UUID:
    """The id that the recorded streams give this extension."""
    return UUID(f"00000000-0000-7000-8003-{number:012}")


def stereo_raw(seconds: float) -> bytes:
    """What MixMonitor writes: 16 bit, 8 kHz, caller left, answering side right."""
    samples = np.zeros((int(8000 * seconds), 2), dtype="<i2")
    samples[:, 0] = 1000
    return samples.tobytes()


def wav(seconds: float) -> bytes:
    """A message as app_voicemail stores it."""
    file = io.BytesIO()
    soundfile.write(file, np.zeros(int(8000 * seconds), dtype="<i2"), 8000, format="WAV", subtype="PCM_16")
    return file.getvalue()


class System:
    """One node and the workers."""

    def __init__(self, node: FakeNode, *, org_id: str, location_id: str) -> None:
        self.node = node
        self.org_id, self.location_id = org_id, location_id
        self._seq = 0

    def stream(self, name: str, *, org_id: str | None = None, location_id: str | None = None) -> list[Fact]:
        """A recorded call, as if it had been this organisation's."""
        text = (STREAMS / f"{name}.jsonl").read_text()
        text = text.replace(ORG, org_id or self.org_id).replace(LOCATION, location_id or self.location_id)
        facts = []
        for line in text.splitlines():
            self._seq += 1
            facts.append(Fact.model_validate_json(line).model_copy(update={"seq": self._seq}))
        return facts

    async def tell(self, *names: str, org_id: str | None = None, location_id: str | None = None) -> None:
        """The node pushes these calls, and the workers fold them."""
        for name in names:
            await self.push(self.stream(name, org_id=org_id, location_id=location_id))

    async def push(self, facts: list[Fact]) -> None:
        """The node pushes facts, and the workers fold them."""
        answer = await self.node.post("facts", FactBatch(facts=facts).model_dump_json().encode())
        assert answer.status_code == 200, answer.text
        await self.work(Queue.CALL)

    async def work(self, *queues: Queue) -> None:
        """Runs the jobs that wait."""
        services = self.node.services
        await services.app.run_worker_async(
            queues=[queue.value for queue in queues],
            wait=False,
            install_signal_handlers=False,
            additional_context={"services": services},
        )

    async def upload(self, kind: str, name: str, body: bytes, *, sha256: str | None = None,
                     envelope: VoicemailEnvelope | None = None, **query: str) -> httpx2.Response:  # fmt: skip
        """The node uploads a file; ``sha256`` other than its own is a damaged one."""
        query = {"sha256": sha256 or hashlib.sha256(body).hexdigest(), **query}
        target = f"/node/v1/uploads/{kind}/{quote(name)}?{urlencode(query)}"
        claimed = sign_digest_headers(self.node.key, self.node.name, "PUT", target, int(time.time()), query["sha256"])
        if envelope is not None:
            claimed["X-Voicemail"] = base64.b64encode(envelope.model_dump_json().encode()).decode()
        return await self.node.http.put(target, content=body, headers=claimed)
