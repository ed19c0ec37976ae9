"""Phones of one organisation among themselves."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.phone_model import Account
from controlplane.lab.process import LabError
from tests.system.office import LOUD, Desk, Office, Phones, Told, hang_up, hears, legs, story, talk

pytestmark = pytest.mark.asterisk

PJSIP_RELOADED = "Type 'system' is not reloadable"
"""What Asterisk writes down at each reload of PJSIP."""
ALICE_HZ, BOB_HZ = 440, 1000


@dataclass(frozen=True)
class Inside:
    alice: Desk
    bob: Desk
    carol: Desk  # by TLS and SRTP
    away: Desk  # never registered; its calls go on to Bob


@pytest.fixture(scope="module")
async def inside(office: Office) -> Inside:
    alice, bob = await office.desk("201"), await office.desk("202", ring_s=30)
    carol = await office.desk("203", device={"media": "srtp"})
    away = await office.desk("204", busy=bob.here, no_answer={"kind": "hangup"})
    await office.api.apply("Inside")
    return Inside(alice, bob, carol, away)


async def test_two_phones_talk_and_the_record_says_internal(inside: Inside, phones: Phones, told: Told) -> None:
    alice = await phones.at(inside.alice, ALICE_HZ)
    bob = await phones.at(inside.bob, BOB_HZ)
    out = await alice.dial("202")
    rung = await bob.wait_ringing()
    assert (rung.peer_number, rung.peer_name) == ("201", "Desk 201")
    await bob.answer(rung)
    await talk(alice, ALICE_HZ, bob, BOB_HZ)
    await asyncio.sleep(1)
    await hang_up(alice, out, (bob, rung))
    assert (hears(out.heard, ALICE_HZ, BOB_HZ), hears(rung.heard, ALICE_HZ, BOB_HZ)) == ([BOB_HZ], [ALICE_HZ])
    call = await told.call("202")
    assert (call["direction"], call["status"], call["caller_number"]) == ("internal", "answered", "201")
    assert (call["extension_id"], call["hangup_cause"]) == (inside.bob.id, "normal clearing")
    assert call["talk_s"] == pytest.approx(1.3, abs=1)
    assert story(call) == [
        "arrived", "sent to extension dialed", "ringing extension", "connected extension", "ended caller",
    ]  # fmt: skip


async def test_a_phone_by_tls_and_srtp_talks_too(inside: Inside, phones: Phones, told: Told) -> None:
    alice, carol = await phones.at(inside.alice, ALICE_HZ), await phones.secure_at(inside.carol, BOB_HZ)
    out = await carol.dial("201")
    rung = await alice.wait_ringing()
    await alice.answer(rung)
    await talk(carol, BOB_HZ, alice, ALICE_HZ)
    await hang_up(alice, rung, (carol, out))
    invite = next(one for one in carol.sip_messages() if one.first_line.startswith("INVITE"))
    assert "RTP/SAVP" in invite.text
    assert "TLS" in (invite.header("Via") or "")
    assert (await told.call("203"))["status"] == "answered"


async def test_a_busy_phone(inside: Inside, phones: Phones, told: Told) -> None:
    alice, bob = await phones.at(inside.alice), await phones.at(inside.bob)
    out = await alice.dial("202")
    await bob.hangup(await bob.wait_ringing())
    await alice.wait_closed(out)
    assert out.cause.startswith("486")
    call = await told.call("202")
    assert (call["status"], call["hangup_cause"], call["answered_at"]) == ("busy", "user busy", None)
    assert legs(call, "phone")[0]["outcome"] == "busy"


async def test_a_phone_that_is_not_there_leads_to_the_busy_destination(
    inside: Inside, phones: Phones, told: Told
) -> None:
    alice, bob = await phones.at(inside.alice, ALICE_HZ), await phones.at(inside.bob, BOB_HZ, answer_after_s=0.1)
    out = await alice.dial("204")
    await asyncio.gather(alice.wait_hears(BOB_HZ), alice.wait_established(out))
    await hang_up(alice, out, (bob, await bob.wait_ringing()))
    call = await told.call("204")
    assert (call["status"], call["extension_id"]) == ("answered", inside.bob.id)
    assert story(call)[:4] == [
        "arrived", "sent to extension dialed", "dial ended extension chanunavail", "sent to extension busy",
    ]  # fmt: skip


async def test_a_caller_who_gives_up_while_it_rings_is_missed(inside: Inside, phones: Phones, told: Told) -> None:
    alice, bob = await phones.at(inside.alice), await phones.at(inside.bob)
    out = await alice.dial("202")
    rung = await bob.wait_ringing()
    await hang_up(alice, out, (bob, rung))
    call = await told.call("202")
    assert (call["status"], call["answered_at"], call["talk_s"]) == ("missed", None, 0)
    assert story(call) == ["arrived", "sent to extension dialed", "ringing extension", "ended caller"]
    assert call["ring_s"] > 0


async def test_a_wrong_sip_password_is_refused(inside: Inside, phones: Phones) -> None:
    stranger = await phones.start(Account(inside.alice.device, phones.server, "a-wrong-password"))
    with pytest.raises(LabError, match="registration refused: 401"):
        await stranger.register()


async def test_a_new_secret_leaves_all_other_phones_alone(
    inside: Inside, office: Office, phones: Phones, system: ThrowAwaySystem
) -> None:
    dora = await office.desk()
    await office.api.apply("Dora")
    alice = await phones.at(inside.alice)
    await phones.at(dora)
    log = system.running.layout.messages_log
    logged = log.stat().st_size
    rotated = await office.api.post(f"/devices/{dora.device_id}/rotate-secret")
    release = await office.api.apply("A new secret for Dora")
    assert release["nodes"][0]["reloads"] == [f"push auth {dora.device}", "set CP_RELEASE"]
    with pytest.raises(LabError, match="registration refused: 401"):
        await phones.at(dora)
    renewed = await phones.at(replace(dora, secret=rotated["secret"]))
    out = await alice.dial(dora.number)
    await hang_up(alice, out, (renewed, await renewed.wait_ringing()))
    registers = [one for one in alice.sip_messages() if one.sent and one.first_line.startswith("REGISTER")]
    assert len(registers) == 2  # unanswered challenge and answer: it never had to register anew
    assert PJSIP_RELOADED in log.read_text()[:logged]  # the trunk's apply
    assert PJSIP_RELOADED not in log.read_text()[logged:]


async def test_the_echo_code_gives_back_what_is_said(inside: Inside, phones: Phones, told: Told) -> None:
    alice = await phones.at(inside.alice, ALICE_HZ)
    out = await alice.dial("*43")
    await alice.wait_hears(ALICE_HZ, call=out, level=LOUD, timeout_s=40)  # after a notice of 22 s
    await hang_up(alice, out)
    call = await told.call("*43")
    assert (call["direction"], call["status"], story(call)) == ("internal", "answered", ["arrived", "ended caller"])
