"""Two who change the same objects at once: one of them is told so, and nothing is lost."""

import asyncio

import pytest

from controlplane.ascode.here import load
from controlplane.identity.door import system_principal
from controlplane.objects.door import Write, Writes, write_many
from controlplane.platform.problem import Conflict
from tests.api.clients import Client
from tests.api.objects.examples import make

TEXT = 'format: 1\nextensions:\n- {number: "201", name: Anna, ring_s: SECONDS}\n'


async def test_imports_at_once_leave_one_of_both_states(admin: Client) -> None:
    await admin.post("/config/import", content=TEXT.replace("SECONDS", "5"))
    wanted = (11, 12, 13, 14)
    answers = await asyncio.gather(
        *(admin.post("/config/import", content=TEXT.replace("SECONDS", str(one))) for one in wanted)
    )  # fmt: skip
    assert {answer.status_code for answer in answers} <= {200, 409}
    done = [one for one, answer in zip(wanted, answers, strict=True) if answer.status_code == 200]
    [extension] = (await admin.get("/extensions")).json()["items"]
    assert extension["ring_s"] in done
    assert extension["version"] == 1 + len(done)


async def test_what_was_changed_since_it_was_read_is_not_overwritten(admin: Client) -> None:
    made = await make(admin, "extensions", 1, {"voicemail-boxes": None})  # type: ignore[dict-item]
    services, principal = admin.services, system_principal(admin.org_id)
    async with services.uow() as uow:
        [read] = (await load(uow.session, admin.org_id)).objects.values()
    await admin.patch(f"/extensions/{made['id']}", json={"ring_s": 33})
    stale = Write(read.id, read.fields.model_copy(update={"ring_s": 44}), {}, read.before)
    for writes in (Writes(put=[stale]), Writes(delete=[read.before])):
        with pytest.raises(Conflict, match="Somebody else changed"):
            async with services.uow() as uow:
                await write_many(uow, principal, writes)
    assert (await admin.get(f"/extensions/{made['id']}")).json()["ring_s"] == 33
