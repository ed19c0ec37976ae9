"""A message: left, shown by the lamp, heard by phone and through the API, transcribed."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from controlplane.entrypoints.demo import speak
from controlplane.lab import tones
from controlplane.lab.words import word_error_rate
from tests.system.office import LOUD, Desk, Office, Phones, Told, hang_up, hears, story

pytestmark = pytest.mark.asterisk

GREETING_HZ, MESSAGE_HZ = 2000, 1000
WORDS = "Please call me back about the blue bicycle on Monday morning."


@dataclass(frozen=True)
class Mail:
    desk: Desk
    line: str
    box: str


@pytest.fixture(scope="module")
async def mail(office: Office) -> Mail:
    greeting = await office.says(GREETING_HZ)
    box = await office.make("voicemail-boxes", number="601", pin="4711", greeting=greeting)
    desk = await office.desk("601", voicemail_box_id=box, ring_s=1)
    mail = Mail(desk, await office.line(desk.here), box)
    await office.api.apply("Mail")
    return mail


async def test_a_message_is_left_and_heard_in_every_way(
    mail: Mail, office: Office, phones: Phones, told: Told, tmp_path: Path
) -> None:
    spoken = tones.read_telephone_audio(await speak(WORDS, tmp_path / "spoken.wav"))
    message = tones.write_wav(tmp_path / "message.wav", spoken, tones.silence(0.3), tones.tone(MESSAGE_HZ, 1.5))
    desk, caller = await phones.at(mail.desk, lamp=True), await phones.outside(office, 0)
    await desk.wait_messages_waiting(False)
    out = await caller.dial(mail.line)
    rung = await desk.wait_ringing()
    await caller.wait_hears(GREETING_HZ)
    await desk.wait_closed(rung)
    await caller.wait_beep()
    await caller.play(message)
    await asyncio.sleep(tones.duration_s(message) + 0.5)
    await hang_up(caller, out)
    await desk.wait_messages_waiting()

    call = await told.call(caller.account.user, lambda one: one["voicemail_id"])
    assert (call["status"], call["extension_id"]) == ("voicemail", None)
    assert story(call)[-4:] == [
        "dial ended extension noanswer", "sent to voicemail no_answer", "message left voicemail", "ended caller",
    ]  # fmt: skip
    voicemail = await told.api.get(f"/voicemails/{call['voicemail_id']}")
    assert (voicemail["box_id"], voicemail["call_id"]) == (mail.box, call["id"])
    assert voicemail["caller_number"] == caller.account.user
    sound = await told.sound(f"/voicemails/{voicemail['id']}/audio", tmp_path / "kept.wav")
    assert hears(sound, MESSAGE_HZ) == [MESSAGE_HZ]

    listening = await desk.dial("*97")
    await desk.wait_established(listening)
    await desk.send_dtmf("4711#")
    await desk.send_dtmf("1")
    await desk.wait_hears(MESSAGE_HZ, call=listening, level=LOUD, timeout_s=45)
    await hang_up(desk, listening)
    checked = await told.call("*97")
    assert (checked["status"], checked["direction"]) == ("answered", "internal")
    assert "messages heard voicemail" in story(checked)
    inbox = f"/voicemails/{voicemail['id']}"
    await told.api.until(inbox, lambda one: bool(one["heard_at"]), timeout_s=60, what="heard in the inbox too")

    transcribed = await told.api.until(
        f"/voicemails/{voicemail['id']}",
        lambda one: one["transcript"] and one["transcript"]["state"] != "pending",
        timeout_s=90, what="transcribed",
    )  # fmt: skip
    assert transcribed["transcript"]["state"] == "done"
    assert word_error_rate(WORDS, transcribed["transcript"]["text"]) <= 0.3
    said = max(transcribed["transcript"]["text"].split(), key=len)
    assert call["id"] in [one["id"] for one in (await told.api.get("/calls", q=said))["items"]]


async def test_a_wrong_pin_hears_nothing(mail: Mail, phones: Phones, told: Told) -> None:
    desk = await phones.at(mail.desk)
    listening = await desk.dial("*97")
    await desk.wait_established(listening)
    for _ in range(3):
        await desk.send_dtmf("0000#")
    await desk.wait_closed(listening, timeout_s=40)
    assert hears(listening.heard, MESSAGE_HZ) == []
