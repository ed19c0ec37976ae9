"""Recordings and voicemail: from the node's upload to the listener's ear."""

import asyncio
import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from controlplane.calls.jobs import mail_voicemail, purge_voicemail
from controlplane.platform.jobs import Queue
from controlplane.protocol.facts import Fact
from controlplane.protocol.link import VoicemailEnvelope
from tests.api.calls.system import System, stereo_raw, wav
from tests.api.clients import Client


async def only_call(client: Client) -> dict[str, Any]:
    (call,) = (await client.get("/calls")).json()["items"]
    found: dict[str, Any] = call
    return found


async def upload_recording(system: System, facts: list[Fact], seconds: float = 1.5) -> None:
    linkedid = facts[0].linkedid or ""
    answer = await system.upload("recording", f"{linkedid}~0.raw", stereo_raw(seconds), linkedid=linkedid)
    assert answer.status_code == 204, answer.text


@pytest.mark.parametrize("recording_first", [True, False])
async def test_a_recording_finds_its_call(system: System, admin: Client, recording_first: bool) -> None:
    facts = system.stream("direct_answered_recorded")
    if recording_first:
        await upload_recording(system, facts)
    await system.push(facts)
    if not recording_first:
        await upload_recording(system, facts)
    await upload_recording(system, facts)  # once more is harmless
    call = await only_call(admin)
    assert (call["recording"]["duration_s"], call["recording"]["channels"]) == (1.5, 2)
    assert call["transcript"] == {"state": "pending", "text": ""}
    await system.work(Queue.MEDIA)
    assert (await only_call(admin))["transcript"] == {"state": "empty", "text": ""}
    async with admin.services.uow() as uow:
        told = (await uow.session.scalars(text("SELECT count(*) FROM event_log WHERE name = 'recording.stored'"))).one()
    assert told == 1


async def test_listening_understands_ranges_and_is_audited(system: System, admin: Client, staff: Client) -> None:
    facts = system.stream("direct_answered_recorded")
    await upload_recording(system, facts)
    await system.push(facts)
    path = f"/calls/{(await only_call(admin))['id']}/recording"
    whole = await admin.get(path)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "audio/wav")
    assert whole.content[:4] == b"RIFF"
    assert len(whole.content) == 44 + len(stereo_raw(1.5))
    part = await admin.get(path, headers={"Range": "bytes=44-143"})
    assert part.status_code == 206
    assert part.content == stereo_raw(1.5)[:100]
    assert (await admin.get(path, headers={"Range": "bytes=9999999-"})).status_code == 416
    assert (await staff.get(path)).status_code == 404
    lines = (await admin.get("/audit-log", params={"action": "recording.listen"})).json()["items"]
    assert len(lines) >= 2


async def test_who_only_listened_has_not_changed_the_call(system: System, admin: Client, manager: Client) -> None:
    facts = system.stream("direct_answered_recorded")
    await upload_recording(system, facts)
    await system.push(facts)
    path = f"/calls/{(await only_call(admin))['id']}"
    tag = (await admin.get(path)).headers["ETag"]
    assert (await admin.patch(path, json={"notes": "mine"})).status_code == 200
    assert (await manager.get(f"{path}/recording")).status_code == 200
    late = await manager.patch(path, json={"notes": "no, mine"}, headers={"If-Match": tag})
    assert (late.status_code, late.json()["detail"].split(" at ")[0]) == (412, "Changed by admin@localhost")


async def test_a_call_without_recording_says_so(system: System, admin: Client) -> None:
    await system.tell("missed")
    call = await only_call(admin)
    assert (await admin.get(f"/calls/{call['id']}/recording")).status_code == 404
    assert (await admin.get(f"/calls/{call['id']}/transcript")).status_code == 404


async def test_damaged_uploads_leave_nothing(system: System, admin: Client) -> None:
    wrong = hashlib.sha256(b"another").hexdigest()
    assert (await system.upload("recording", "x~0.raw", stereo_raw(1), sha256=wrong, linkedid="x")).status_code == 422
    assert (await system.upload("recording", "x~0.wav", b"RIFFnonsense", linkedid="x")).status_code == 422
    assert (await system.upload("recording", "..%2Fx.wav", wav(1), linkedid="x")).status_code in {401, 404, 422}
    unsigned = await system.node.http.put("/node/v1/uploads/recording/x.wav?sha256=" + wrong + "&linkedid=x")
    assert unsigned.status_code == 401
    objects = system.node.services.settings.data_dir / "objects"
    assert [path for path in objects.rglob("*") if path.is_file()] == []


async def box_of(admin: Client, staff: Client) -> str:
    """A box with an address, of an extension that is the staff's own."""
    made = await admin.post("/voicemail-boxes", json={"name": "Ann", "number": "202", "email": "ann@example.com"})
    box_id: str = made.json()["id"]
    body = {"name": "Ann", "number": "202", "voicemail_box_id": box_id}
    extension_id = (await admin.post("/extensions", json=body)).json()["id"]
    async with admin.services.uow() as uow:
        await uow.session.execute(
            text("UPDATE users SET extension_ids = ARRAY[CAST(:id AS uuid)] WHERE id = :user"),
            {"id": extension_id, "user": staff.user_id},
        )
    return box_id


def envelope(admin: Client, facts: list[Fact], **changes: Any) -> VoicemailEnvelope:
    return VoicemailEnvelope(
        context=f"vm-{admin.org_id.hex}", box="202", msg_id="1795230265-00000000", duration_s=2,
        caller_id='"Ann \r\nBcc: all@example.com" <+15557654321>', channel="PJSIP/trunkout-00000005",
        left_at=(facts[0].at + timedelta(seconds=8)).replace(microsecond=0),
    ).model_copy(update=changes)  # fmt: skip


async def leave_message(system: System, admin: Client, facts: list[Fact], **changes: Any) -> None:
    sent = envelope(admin, facts, **changes)
    answer = await system.upload("voicemail", f"{sent.msg_id}.wav", wav(2), envelope=sent)
    assert answer.status_code == 204, answer.text


@pytest.mark.parametrize("message_first", [True, False])
async def test_a_message_finds_its_call_and_its_box(
    system: System, admin: Client, staff: Client, message_first: bool
) -> None:
    box_id = await box_of(admin, staff)
    facts = system.stream("no_answer_voicemail")
    if message_first:
        await leave_message(system, admin, facts)
    await system.push(facts)
    if not message_first:
        await leave_message(system, admin, facts)
    await leave_message(system, admin, facts)  # once more is harmless
    (message,) = (await staff.get("/voicemails")).json()["items"]
    call = await only_call(admin)
    assert (call["status"], call["voicemail_id"]) == ("voicemail", message["id"])
    assert (message["box_id"], message["call_id"], message["duration_s"]) == (box_id, call["id"], 2.0)
    assert (await staff.get(f"/voicemails/{message['id']}/audio")).content == wav(2)
    assert (await staff.get(f"/voicemails/{message['id']}/transcript")).json()["state"] == "pending"


async def test_messages_of_another_call_on_the_same_channel_name_stay_apart(
    system: System, admin: Client, staff: Client
) -> None:
    facts = system.stream("no_answer_voicemail")
    await system.push(facts)
    await leave_message(system, admin, facts, left_at=facts[0].at - timedelta(days=1))
    (message,) = (await admin.get("/voicemails")).json()["items"]
    assert (message["call_id"], message["box_id"]) == (None, None)
    assert (await staff.get("/voicemails")).json()["items"] == []


async def test_hearing_and_deleting_a_message(
    system: System, admin: Client, staff: Client, executive: Client, other_org_admin: Client
) -> None:
    box_id = await box_of(admin, staff)
    facts = system.stream("no_answer_voicemail")
    await leave_message(system, admin, facts)
    (message,) = (await admin.get("/voicemails", params={"box_id": box_id, "heard": False})).json()["items"]
    path = f"/voicemails/{message['id']}"
    assert (await executive.get("/voicemails")).status_code == 403
    assert (await other_org_admin.get(path)).status_code == 404
    assert (await other_org_admin.delete(path)).status_code == 404
    assert (await staff.patch(path, json={"heard": True})).json()["heard_at"] is not None
    place = {"context": f"vm-{admin.org_id.hex}", "box": "202", "msg_id": "1795230265-00000000"}
    (command,) = (await system.node.get("poll", wait_s=0)).json()["commands"]
    assert (command["kind"], command["args"]) == ("mark_voicemail", {**place, "heard": True})
    assert (await admin.get("/voicemails", params={"heard": False})).json()["items"] == []
    assert (await staff.delete(path)).status_code == 204
    assert (await staff.get(path)).status_code == 404
    await end_of_deletion(admin, message["id"])
    (command,) = (await system.node.get("poll", wait_s=0)).json()["commands"]
    assert (command["kind"], command["args"]) == ("delete_voicemail", place)
    assert (await staff.post(f"{path}/restore")).status_code == 404, "it is gone for good"
    actions = [line["action"] for line in (await admin.get("/audit-log", params={"kind": "voicemail"})).json()["items"]]
    assert actions == ["voicemail.delete", "voicemail.update"]


async def test_what_is_heard_by_phone_is_heard_in_the_inbox(system: System, admin: Client, staff: Client) -> None:
    await box_of(admin, staff)
    await leave_message(system, admin, system.stream("no_answer_voicemail"))
    (message,) = (await staff.get("/voicemails")).json()["items"]
    place = {"context": f"vm-{admin.org_id.hex}", "box": "202"}
    msg_id = "1795230265-00000000"

    async def told(**moves: list[str]) -> str | None:
        body = json.dumps({**place, "heard": [], "new": [], **moves}).encode()
        assert (await system.node.post("voicemail/heard", body)).status_code == 204
        heard: str | None = (await staff.get(f"/voicemails/{message['id']}")).json()["heard_at"]
        return heard

    assert await told(heard=["another"]) is None
    heard_at = await told(heard=[msg_id])
    assert heard_at is not None
    assert await told(heard=[msg_id]) == heard_at, "once more is harmless"
    assert (await staff.get("/voicemails/boxes")).json()["items"][0]["unheard"] == 0
    assert (await system.node.get("poll", wait_s=0)).json()["commands"] == [], "the node need not be told"
    assert await told(new=[msg_id]) is None
    bad = await system.node.post("voicemail/heard", b'{"context": 1}')
    assert bad.status_code == 422


async def end_of_deletion(client: Client, voicemail_id: str) -> None:
    """What happens when a deletion can't be undone any more, three minutes before its time."""
    async with client.services.uow() as uow:
        moved = (
            "UPDATE voicemails SET deleted_at = deleted_at - interval '3 minutes' WHERE id = :id RETURNING deleted_at"
        )
        deleted_at = (await uow.session.scalars(text(moved), {"id": voicemail_id})).one()
    await purge_voicemail(client.services, voicemail_id=voicemail_id, deleted_at=deleted_at.isoformat())


async def test_a_deletion_is_undone_within_two_minutes(
    system: System, admin: Client, staff: Client, other_org_admin: Client
) -> None:
    await box_of(admin, staff)
    await leave_message(system, admin, system.stream("no_answer_voicemail"))
    (message,) = (await staff.get("/voicemails")).json()["items"]
    path = f"/voicemails/{message['id']}"
    assert (await staff.post(f"{path}/restore")).status_code == 404, "it was not deleted"
    await staff.delete(path)
    assert (await other_org_admin.post(f"{path}/restore")).status_code == 404
    assert (await staff.post(f"{path}/restore")).json()["id"] == message["id"]
    assert (await staff.get(f"{path}/audio")).content == wav(2)
    first = (await admin.get("/audit-log", params={"action": "voicemail.delete"})).json()["items"][0]["at"]
    await purge_voicemail(admin.services, voicemail_id=message["id"], deleted_at=first)
    assert (await staff.get(f"{path}/audio")).content == wav(2), "the end of an undone deletion ends nothing"
    await staff.delete(path)
    await end_of_deletion(admin, message["id"])
    objects = admin.services.settings.data_dir / "objects"
    assert [one for one in objects.rglob("*.wav") if one.is_file()] == []


async def sales_box(admin: Client, **fields: Any) -> str:
    made = await admin.post("/voicemail-boxes", json={"name": "=Sales", "number": "300", **fields})
    box_id: str = made.json()["id"]
    return box_id


async def test_a_message_is_forwarded_with_its_words_and_its_note(
    system: System, admin: Client, staff: Client, executive: Client, other_org_admin: Client
) -> None:
    own, sales = await box_of(admin, staff), await sales_box(admin)
    facts = system.stream("no_answer_voicemail")
    await leave_message(system, admin, facts)
    await system.push(facts)
    await system.work(Queue.MEDIA)
    (message,) = (await staff.get("/voicemails")).json()["items"]
    path, body = f"/voicemails/{message['id']}/forward", {"box_ids": [sales], "note": "For you\n<b>Ann</b>"}
    assert (await executive.post(path, json=body)).status_code == 403
    assert (await other_org_admin.post(path, json=body)).status_code == 404
    assert (await staff.post(path, json={"box_ids": [message["id"]]})).status_code == 404
    assert (await staff.post(path, json={"box_ids": []})).status_code == 422
    sent = await staff.post(path, json=body)
    assert sent.status_code == 201, sent.text
    (made,) = sent.json()
    (copy,) = (await admin.get("/voicemails", params={"box_id": sales})).json()["items"]
    assert made == {"box_id": sales, "voicemail_id": copy["id"], "on_phone": False}, "Main's phones are on another node"
    assert (copy["forwarded_from"], copy["forwarded_by"], copy["note"]) == (
        message["id"],
        "staff@localhost",
        body["note"],
    )
    same = ("call_id", "caller_number", "caller_name", "left_at", "duration_s", "transcript")
    assert [copy[name] for name in same] == [message[name] for name in same]
    assert copy["heard_at"] is None
    assert (await admin.get(f"/voicemails/{copy['id']}/audio")).content == wav(2)
    assert (await staff.get(f"/voicemails/{copy['id']}")).status_code == 404, "it is another's box"
    again = (await staff.post(path, json=body)).json()
    assert again[0]["voicemail_id"] == copy["id"], "once is enough"
    (call,) = (await admin.get("/calls")).json()["items"]
    assert call["voicemail_id"] == message["id"]
    boxes = {one["id"]: one for one in (await staff.get("/voicemails/boxes")).json()["items"]}
    assert (boxes[own]["own"], boxes[own]["unheard"]) == (True, 1)
    assert (boxes[sales]["own"], boxes[sales]["unheard"]) == (False, 0)
    found = (await admin.get("/voicemails/boxes", params={"q": "sal"})).json()["items"]
    assert [(one["name"], one["unheard"]) for one in found] == [("=Sales", 1)]


async def test_ones_own_box_is_found_among_all_those_of_the_house(admin: Client, staff: Client) -> None:
    own = await box_of(admin, staff)
    for number in range(20):
        body = {"name": f"A {number:02}", "number": f"77{number:02}"}
        assert (await admin.post("/voicemail-boxes", json=body)).status_code == 201

    async def names(client: Client, **params: Any) -> list[str]:
        answer = await client.get("/voicemails/boxes", params={"limit": 5, **params})
        assert answer.status_code == 200, answer.text
        return [one["name"] for one in answer.json()["items"]]

    assert await names(staff) == [f"A {number:02}" for number in range(5)]
    mine = await names(staff, own=True)
    assert len(mine) == 1
    assert await names(staff, ids=own) == mine
    assert await names(staff, own=True, q="A 0") == []
    assert await names(admin, own=True) == await names(admin), "an admin reads them all"
    other = (await admin.get("/voicemails/boxes", params={"q": "A 07"})).json()["items"][0]
    assert await names(staff, ids=other["id"]) == ["A 07"]
    assert await names(staff, ids=other["id"], own=True) == []
    assert await names(admin, ids=[own, other["id"]]) == ["A 07", *mine]


async def test_a_forwarded_message_reaches_phones_of_the_same_node(
    system: System, admin: Client, staff: Client, locations: dict[str, str]
) -> None:
    await box_of(admin, staff)
    moved = await admin.patch(f"/locations/{locations['Main']}", json={"node": "cap1"})
    assert moved.status_code == 200, moved.text
    sales = await sales_box(admin, location_id=locations["Main"])
    await leave_message(system, admin, system.stream("no_answer_voicemail"))
    (message,) = (await staff.get("/voicemails")).json()["items"]
    sent = await staff.post(f"/voicemails/{message['id']}/forward", json={"box_ids": [sales]})
    assert sent.json()[0]["on_phone"] is True
    (command,) = (await system.node.get("poll", wait_s=0)).json()["commands"]
    assert command["kind"] == "forward_voicemail"
    assert (command["args"]["box"], command["args"]["to_box"]) == ("202", "300")


async def test_loudness_over_time(system: System, admin: Client, staff: Client) -> None:
    facts = system.stream("direct_answered_recorded")
    await upload_recording(system, facts)
    await system.push(facts)
    path = f"/calls/{(await only_call(admin))['id']}/recording/peaks"
    peaks = (await admin.get(path)).json()
    assert (peaks["duration_s"], peaks["point_s"]) == (1.5, 0.05)
    assert peaks["channels"] == [[3] * 30, [0] * 30]
    assert (await staff.get(path)).status_code == 404


async def test_an_envelope_must_be_one(system: System, admin: Client) -> None:
    facts = system.stream("no_answer_voicemail")
    bad = envelope(admin, facts, context="default")
    assert (await system.upload("voicemail", "1.wav", wav(1), envelope=bad)).status_code == 422
    assert (await system.upload("voicemail", "1.wav", wav(1))).status_code == 422


class MailServer:
    """A mail server of the outside world: takes one message."""

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.messages: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(" ")[0].upper().split(":")[0]
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                self.messages.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            elif verb == "RCPT":
                self.recipients.append(line)
            writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
            await writer.drain()
            if verb == "QUIT":
                break
        writer.close()


async def test_a_message_is_mailed_once_with_its_sound(system: System, admin: Client, staff: Client) -> None:
    await box_of(admin, staff)
    await leave_message(system, admin, system.stream("no_answer_voicemail"))
    (message,) = (await admin.get("/voicemails")).json()["items"]
    outside = MailServer()
    server = await asyncio.start_server(outside.serve, "127.0.0.1", 0)
    settings = admin.services.settings
    port = server.sockets[0].getsockname()[1]
    settings.smtp_url = SecretStr(f"smtp://127.0.0.1:{port}")
    await mail_voicemail(admin.services, voicemail_id=message["id"])
    await mail_voicemail(admin.services, voicemail_id=message["id"])
    server.close()
    await server.wait_closed()
    assert outside.recipients == ["RCPT TO:<ann@example.com>"]
    (mail,) = outside.messages
    headers, _, body = mail.partition("\r\n\r\n")
    assert "\nBcc:" not in headers
    assert "audio/wav" in body
    assert base64.b64encode(wav(2))[:60].decode() in body
