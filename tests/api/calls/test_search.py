"""Calls are found by what was said in them, by those who may hear it."""

import pytest
from sqlalchemy import text

from controlplane.calls import queries
from controlplane.calls.jobs import purge_voicemail
from controlplane.platform.jobs import Queue
from tests.api.calls.system import System
from tests.api.calls.test_sound import box_of, leave_message, only_call, upload_recording
from tests.api.clients import Client

DONE = "UPDATE transcripts SET state = 'done', text = :words"


async def hear(client: Client, words: str) -> None:
    """Puts words into the only transcript, as if the speech engine had."""
    async with client.services.uow() as uow:
        await uow.session.execute(text(DONE), {"words": words})


async def found(client: Client, q: str) -> int:
    answer = await client.get("/calls", params={"q": q})
    assert answer.status_code == 200, answer.text
    return len(answer.json()["items"])


async def test_a_recording_that_was_heard_before_its_call_was_known(
    system: System, admin: Client, executive: Client, other_org_admin: Client
) -> None:
    facts = system.stream("direct_answered_recorded")
    await upload_recording(system, facts)
    await hear(admin, "Where is my blue bicycle? It's been $12.50 & two weeks!")
    await system.push(facts)
    assert [await found(admin, q) for q in ("bicyc", "BLUE weeks", "green bicycle", "bicycle & | ! :*")] == [1, 1, 0, 1]
    assert await found(executive, "bicycle") == 1, "who may hear it, may look for it"
    assert await found(other_org_admin, "bicycle") == 0


async def test_a_recording_that_is_heard_after_its_call_is_known(system: System, admin: Client) -> None:
    facts = system.stream("direct_answered_recorded")
    await system.push(facts)
    await upload_recording(system, facts)
    await system.work(Queue.MEDIA)  # a tone: there are no words in it
    assert (await only_call(admin))["transcript"]["state"] == "empty"
    assert await found(admin, "bicycle") == 0
    async with admin.services.uow() as uow:
        assert (await uow.session.scalars(text("SELECT said FROM calls"))).one() == ""


async def test_the_words_of_a_message_are_for_those_who_may_hear_messages_and_go_with_it(
    system: System, admin: Client, staff: Client, executive: Client
) -> None:
    await box_of(admin, staff)
    facts = system.stream("no_answer_voicemail")
    await leave_message(system, admin, facts)
    await hear(admin, "please call me back about the bicycle")
    await system.push(facts)
    assert [await found(one, "bicycle") for one in (admin, executive)] == [1, 0]
    call = await only_call(admin)
    for one, heard in ((admin, True), (executive, False)):
        shown = (await one.get(f"/calls/{call['id']}")).json()["transcript"]
        assert (shown is not None, (await one.get(f"/calls/{call['id']}/transcript")).status_code == 200) == (
            heard,
            heard,
        )
    (message,) = (await admin.get("/voicemails")).json()["items"]
    await admin.delete(f"/voicemails/{message['id']}")
    async with admin.services.uow() as uow:
        deleted_at = (await uow.session.scalars(text("SELECT deleted_at FROM voicemails"))).one()
    await purge_voicemail(admin.services, voicemail_id=message["id"], deleted_at=deleted_at.isoformat())
    assert await found(admin, "bicycle") == 0


@pytest.mark.parametrize("words", ["", "a " * 300_000, "\N{GRINNING FACE} 漢字 naïve", "x" * 400_000])
async def test_any_transcript_can_be_stored(system: System, admin: Client, words: str) -> None:
    facts = system.stream("direct_answered_recorded")
    await upload_recording(system, facts)
    await hear(admin, words)
    await system.push(facts)
    assert await found(admin, "bicycle") == 0
    if "naïve" in words:
        assert [await found(admin, "naïve"), await found(admin, "漢")] == [1, 1]


async def test_a_message_in_somebody_elses_box_is_closed_to_those_who_were_rung(
    system: System, admin: Client, staff: Client
) -> None:
    box_id = await box_of(admin, staff)
    facts = system.stream("no_answer_voicemail")
    await leave_message(system, admin, facts)
    await hear(admin, "please call me back about the bicycle")
    await system.push(facts)
    call = await only_call(admin)
    rung = "UPDATE calls SET extension_ids = (SELECT extension_ids FROM users WHERE id = :id)"
    async with admin.services.uow() as uow:  # staff's own extension was rung, and the box is another's from now on
        await uow.session.execute(text(rung), {"id": staff.user_id})
    assert (await staff.get(f"/calls/{call['id']}/transcript")).status_code == 200
    other = (await admin.post("/voicemail-boxes", json={"name": "Boss", "number": "299"})).json()["id"]
    async with admin.services.uow() as uow:
        await uow.session.execute(text("UPDATE voicemails SET box_id = :other"), {"other": other})
    assert other != box_id
    assert await found(staff, "bicycle") == 0
    assert (await staff.get(f"/calls/{call['id']}")).json()["transcript"] is None
    assert (await staff.get(f"/calls/{call['id']}/transcript")).status_code == 404


@pytest.mark.parametrize("few", [5000, 1])
async def test_words_of_few_calls_and_of_many_are_found_alike(
    system: System, admin: Client, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FEW", few)
    await system.tell("missed", "busy", "no_answer_voicemail")
    assert await found(admin, "ann") == 3
    pages = (await admin.get("/calls", params={"q": "ann", "limit": 2})).json()
    rest = (await admin.get("/calls", params={"q": "ann", "limit": 2, "cursor": pages["next_cursor"]})).json()
    times = [one["started_at"] for one in pages["items"] + rest["items"]]
    assert (len(times), times) == (3, sorted(times, reverse=True))
    assert (await admin.get("/calls", params={"q": "ann", "status": "missed"})).json()["items"]
    assert await found(admin, "nobody") == 0
