"""The lab's own proof: real phones and a fake carrier against a hand-written Asterisk.

Everything else that is proved with real calls stands on this.
"""

import asyncio
import base64
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from controlplane.lab import tones
from controlplane.lab.addresses import own_address
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.media_pcap import KeyPress, write_call_media
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
from controlplane.lab.process import LabError
from controlplane.lab.sipp import Caller, Load, answering, carrier_calls, refusing, registering, registrar
from controlplane.node.runtime import ensure_tree
from tests.asterisk.bare_asterisk import BareAsterisk

pytestmark = pytest.mark.asterisk

ALICE_HZ, BOB_HZ, CAROL_HZ, CARRIER_HZ, PROMPT_HZ = 440, 1000, 600, 1500, 2000
CARRIER_PORT = 5070
DIFFICULT_NAME = "Joe, X; ${Y} é | 'z' (q) <w>"
LOAD_USERS = [str(user) for user in range(200, 220)]
LOAD_PHONE = "[{user}](phone)\nauth={user}\naors={user}\n[{user}](digest)\nusername={user}\n[{user}](contacts)\n"


@dataclass(frozen=True)
class Lab:
    """One Asterisk for the module; phones are made anew by each test."""

    pbx: BareAsterisk
    tools: BaresipTools
    sipp: Path
    certificate: Path
    says: Callable[[int], Path]
    carrier: str
    answerer: str
    upstream: str


@pytest.fixture(scope="module")
async def lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    home = tmp_path_factory.mktemp("lab")
    asterisk = await asyncio.to_thread(ensure_tree, "asterisk", progress=print)
    phones = await asyncio.to_thread(ensure_tree, "phones", progress=print)
    addresses = {name: own_address() for name in ("carrier", "answerer", "upstream")}
    load_phones = "".join(LOAD_PHONE.format(user=user) for user in LOAD_USERS)
    etc = Path(__file__).parent / "lab_etc"
    pbx = BareAsterisk(asterisk, home / "pbx", etc, {**addresses, "load_phones": load_phones})
    certificate = pbx.make_certificate()
    tones.write_wav(pbx.sounds / "announce.wav", tones.tone(PROMPT_HZ, 1.5))

    def says(hz: int) -> Path:
        path = home / f"{hz}.wav"
        return path if path.exists() else tones.write_wav(path, tones.tone(hz, 60))

    async with pbx:
        yield Lab(
            pbx, BaresipTools.from_tree(phones), phones / "bin/sipp", certificate=certificate, says=says, **addresses
        )


@pytest.fixture
async def phone(lab: Lab, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Phone]]]:
    """Makes and registers phone 101, 102 (TLS and SRTP) or 103 (TCP)."""
    async with AsyncExitStack() as stack:

        async def make(user: str, hz: int, answer_after_s: float | None = None) -> Phone:
            account = {
                "101": Account("101", lab.pbx.server, "secret", lamp=True),
                "102": Account(
                    "102", lab.pbx.tls_server, "secret", transport="tls", srtp=True,
                    ca_file=lab.certificate,
                ),
                "103": Account("103", lab.pbx.server, "secret", transport="tcp"),
            }[user]  # fmt: skip
            made = Phone(lab.tools, tmp_path / user, account, plays=lab.says(hz), answer_after_s=answer_after_s)
            await stack.enter_async_context(made)
            await made.register()
            return made

        yield make


@pytest.fixture
async def carrier(lab: Lab, tmp_path: Path) -> AsyncIterator[Phone]:
    """A caller with the number 15559876 and a difficult name, reaching the PBX from the trunk's address."""
    account = Account.of_carrier("15559876", lab.pbx.server, DIFFICULT_NAME)
    async with Phone(
        lab.tools, tmp_path / "carrier", account, plays=lab.says(CARRIER_HZ), answer_after_s=0.1,
        address=lab.carrier, sip_port=CARRIER_PORT,
    ) as made:  # fmt: skip
        yield made


def heard_hz(path: Path) -> set[float]:
    everyone = (ALICE_HZ, BOB_HZ, CAROL_HZ, CARRIER_HZ, PROMPT_HZ)
    return {hz for hz in everyone if tones.tone_spans(path, [hz])}


async def test_both_ends_of_a_call_hear_only_each_other(phone: Callable[..., Awaitable[Phone]]) -> None:
    alice, bob = await phone("101", ALICE_HZ), await phone("103", BOB_HZ)
    out = await alice.dial("902")
    rung = await bob.wait_ringing()
    assert rung.peer_number == "101"
    assert rung.state == "ringing"
    await bob.answer(rung)
    await alice.wait_established(out)
    await asyncio.gather(alice.wait_hears(BOB_HZ), bob.wait_hears(ALICE_HZ))
    await alice.hangup()
    await asyncio.gather(alice.wait_closed(out), bob.wait_closed(rung))
    assert heard_hz(out.heard) == {BOB_HZ}
    assert heard_hz(rung.heard) == {ALICE_HZ}
    assert tones.tone_level(out.heard, ALICE_HZ) < 0.01 * tones.tone_level(out.heard, BOB_HZ), "no echo"


async def test_tls_and_srtp_carry_the_tones_too(phone: Callable[..., Awaitable[Phone]]) -> None:
    alice, bob = await phone("101", ALICE_HZ), await phone("102", BOB_HZ, answer_after_s=0.1)
    out = await alice.dial("102")
    await alice.wait_established(out)
    await asyncio.gather(alice.wait_hears(BOB_HZ), bob.wait_hears(ALICE_HZ))
    invite = next(m for m in bob.sip_messages() if m.first_line.startswith("INVITE"))
    assert "RTP/SAVP" in invite.text
    assert "TLS" in (invite.header("Via") or "")


async def test_a_wrong_password_is_refused_with_the_reason(lab: Lab, tmp_path: Path) -> None:
    account = Account("101", lab.pbx.server, "wrong")
    async with Phone(lab.tools, tmp_path / "p", account) as stranger:
        with pytest.raises(LabError, match="registration refused: 401"):
            await stranger.register()


async def test_whisper_is_heard_by_the_answering_side_only(phone: Callable[..., Awaitable[Phone]]) -> None:
    alice, carol = await phone("101", ALICE_HZ), await phone("103", CAROL_HZ, answer_after_s=0.1)
    out = await alice.dial("103")
    await alice.wait_established(out)
    rung = await carol.wait_ringing()
    await asyncio.gather(alice.wait_hears(CAROL_HZ), carol.wait_hears(ALICE_HZ))
    await carol.hangup()
    await asyncio.gather(alice.wait_closed(out), carol.wait_closed(rung))
    whisper, caller = tones.tone_spans(rung.heard, [PROMPT_HZ, ALICE_HZ])
    assert (whisper.hz, caller.hz) == (PROMPT_HZ, ALICE_HZ)
    assert whisper.duration_s == pytest.approx(1.5, abs=0.12)
    assert whisper.end_s <= caller.start_s + 0.05
    assert heard_hz(out.heard) == {CAROL_HZ}


async def test_keys_and_caller_reach_the_dialplan(lab: Lab, carrier: Phone) -> None:
    call = await carrier.dial("15550100")
    await carrier.wait_established(call)
    await carrier.send_dtmf("7")
    await lab.pbx.wait_cli("dialplan show globals", "CHOICE_OF_15559876=7\n")
    assert base64.b64decode(await lab.pbx.variable("NAME_OF_15559876")).decode() == DIFFICULT_NAME


async def test_the_caller_hears_the_prompt_and_sees_why_the_call_ended(carrier: Phone) -> None:
    call = await carrier.dial("15550103")
    await carrier.wait_hears(PROMPT_HZ)
    await carrier.wait_closed(call)
    assert call.cause == "Connection reset by peer"
    assert heard_hz(call.heard) == {PROMPT_HZ}


async def test_refusing_and_giving_up(phone: Callable[..., Awaitable[Phone]], carrier: Phone) -> None:
    alice = await phone("101", ALICE_HZ)
    refused = await carrier.dial("15550101")
    await alice.hangup(await alice.wait_ringing())
    with pytest.raises(LabError, match="486 Busy Here"):
        await carrier.wait_established(refused)
    given_up = await carrier.dial("15550101")
    missed = await alice.wait_ringing()
    await carrier.hangup(given_up)
    await alice.wait_closed(missed)
    assert any(m.first_line.startswith("CANCEL") for m in alice.sip_messages() if not m.sent)


async def test_the_recording_survives_hold_and_a_new_thing_is_said(
    phone: Callable[..., Awaitable[Phone]], lab: Lab
) -> None:
    alice, carol = await phone("101", ALICE_HZ), await phone("103", CAROL_HZ, answer_after_s=0.1)
    out = await alice.dial("903")
    await alice.wait_established(out)
    rung = await carol.wait_ringing()
    await asyncio.gather(alice.wait_hears(CAROL_HZ), carol.wait_hears(ALICE_HZ))
    await alice.hold()
    await alice.resume()
    await alice.play(lab.says(BOB_HZ))
    await carol.wait_hears(BOB_HZ)
    await alice.hangup()
    await asyncio.gather(alice.wait_closed(out), carol.wait_closed(rung))
    assert heard_hz(rung.heard) == {ALICE_HZ, BOB_HZ}
    first_of = {span.hz: span.start_s for span in reversed(tones.tone_spans(rung.heard, [ALICE_HZ, BOB_HZ]))}
    assert first_of[ALICE_HZ] < first_of[BOB_HZ]


async def test_blind_transfer(phone: Callable[..., Awaitable[Phone]], carrier: Phone) -> None:
    alice, carol = await phone("101", ALICE_HZ, answer_after_s=0.1), await phone("103", CAROL_HZ, answer_after_s=0.1)
    call = await carrier.dial("15550101")
    await carrier.wait_hears(ALICE_HZ)
    await alice.transfer("903")
    await carol.wait_hears(CARRIER_HZ, call=await carol.wait_ringing())
    await carrier.wait_hears(CAROL_HZ)
    await carrier.hangup(call)
    await carrier.wait_closed(call)
    alice_span, carol_span = (tones.tone_spans(call.heard, [hz])[0] for hz in (ALICE_HZ, CAROL_HZ))
    assert alice_span.end_s < carol_span.start_s


async def test_voicemail_is_recorded_and_lights_the_lamp(
    phone: Callable[..., Awaitable[Phone]], lab: Lab, carrier: Phone
) -> None:
    alice = await phone("101", ALICE_HZ)
    await alice.wait_messages_waiting(False)
    call = await carrier.dial("15550185")
    await carrier.wait_established(call)
    inbox = lab.pbx.home / "spool/voicemail/default/101/INBOX"
    await asyncio.sleep(2.5)  # the message itself
    await carrier.hangup(call)
    await alice.wait_messages_waiting()
    assert heard_hz(inbox / "msg0000.wav") == {CARRIER_HZ}


async def test_the_carrier_answers_an_outbound_call(phone: Callable[..., Awaitable[Phone]], carrier: Phone) -> None:
    alice = await phone("101", ALICE_HZ)
    out = await alice.dial("915553333")
    incoming = await carrier.wait_ringing()
    await asyncio.gather(alice.wait_hears(CARRIER_HZ), carrier.wait_hears(ALICE_HZ))
    invite = next(m for m in carrier.sip_messages() if m.first_line.startswith("INVITE"))
    assert invite.first_line.startswith("INVITE sip:15553333@")
    await carrier.hangup(incoming)
    await alice.wait_closed(out)


async def test_sipp_presses_a_key_while_it_talks(lab: Lab, tmp_path: Path) -> None:
    media = write_call_media(tmp_path / "x.pcap", tones.tone(BOB_HZ, 4), [KeyPress("3", 0.5)], duration_s=4.5)
    name = DIFFICULT_NAME + ' \\ "quoted" [field0]'
    caller = Caller("15557777", name, media=media, talk_ms=2500)
    async with carrier_calls(
        lab.sipp, tmp_path / "uac", lab.pbx.server, ["15550100"], caller=caller, address=lab.carrier
    ) as calls:
        result = await calls.finished(timeout_s=60)
    assert (result.calls, result.successful, result.failed, result.exit_code) == (1, 1, 0, 0), result.errors
    assert await lab.pbx.variable("CHOICE_OF_15557777") == "3"
    await lab.pbx.wait_cli("core show channels count", "0 active channels")  # Record() has closed its file
    seen = base64.b64decode(await lab.pbx.variable("NAME_OF_15557777")).decode()
    assert seen.replace("\\\\", "\\").replace('\\"', '"') == name
    talk = tones.tone_spans(lab.pbx.home / "said-15557777.wav", [BOB_HZ])
    assert sum(span.duration_s for span in talk) == pytest.approx(2.5 - 0.5 - 0.2, abs=0.4)


async def test_sipp_talks_without_privileges(lab: Lab, tmp_path: Path) -> None:
    talk = tones.write_ulaw(tmp_path / "x.ulaw", tones.tone(BOB_HZ, 4))
    caller = Caller("15557778", identity="15557779", media=talk, talk_ms=2000)
    async with carrier_calls(
        lab.sipp, tmp_path / "uac", lab.pbx.server, ["15550104"], caller=caller, address=lab.carrier
    ) as calls:
        result = await calls.finished(timeout_s=60)
    assert result.exit_code == 0, result.errors
    await lab.pbx.wait_cli("core show channels count", "0 active channels")
    spans = tones.tone_spans(lab.pbx.home / "said-15557779.wav", [BOB_HZ])
    assert sum(span.duration_s for span in spans) == pytest.approx(2.0, abs=0.3)


async def test_load_is_counted_and_timed(lab: Lab, tmp_path: Path) -> None:
    async with answering(
        lab.sipp, tmp_path / "uas", ring_ms=100, echo=True, address=lab.answerer, port=CARRIER_PORT
    ) as phones:
        async with carrier_calls(
            lab.sipp, tmp_path / "uac", lab.pbx.server, ["15550102"], load=Load(calls=50, rate=25), address=lab.carrier
        ) as carrier:
            result = await carrier.finished(timeout_s=60)
        answered = await phones.stopped()
    assert (result.calls, result.successful, result.failed) == (50, 50, 0), result.errors
    assert answered.successful == 50
    assert len(result.rtd_ms["ringing"]) == 50
    assert 0 < result.percentile_ms("ringing", 50) <= result.percentile_ms("ringing", 95) < 100
    assert 100 <= result.percentile_ms("answer", 50) < 300


async def test_refused_load_is_counted_as_failed(lab: Lab, tmp_path: Path) -> None:
    async with refusing(
        lab.sipp, tmp_path / "uas", 503, "Service Unavailable", address=lab.answerer, port=CARRIER_PORT
    ), carrier_calls(
        lab.sipp, tmp_path / "uac", lab.pbx.server, ["15550102"], address=lab.carrier
    ) as carrier:  # fmt: skip
        result = await carrier.finished(timeout_s=60)
    assert (result.successful, result.failed, result.exit_code) == (0, 1, 1)
    assert "received 'SIP/2.0 503" in result.errors


async def test_many_phones_register_and_answer(lab: Lab, tmp_path: Path) -> None:
    users = [(user, "secret") for user in LOAD_USERS]
    async with registering(lab.sipp, tmp_path / "reg", lab.pbx.server, users) as registrations:
        registered = await registrations.finished(timeout_s=60)
    assert (registered.successful, len(registered.rtd_ms["register"])) == (20, 20), registered.errors
    async with answering(
        lab.sipp, tmp_path / "uas", ring_ms=20, address=registrations.address, port=registrations.port
    ) as phones:
        async with carrier_calls(
            lab.sipp, tmp_path / "uac", lab.pbx.server, [f"15550{user}" for user in LOAD_USERS],
            caller=Caller(talk_ms=300), load=Load(calls=20, rate=20), address=lab.carrier,
        ) as carrier:  # fmt: skip
            result = await carrier.finished(timeout_s=60)
        assert (result.successful, (await phones.stopped()).successful) == (20, 20), result.errors


@pytest.mark.parametrize(("password", "state"), [("s3cret", "Registered"), ("other", "Rejected")])
async def test_a_trunk_registers_at_the_carrier(lab: Lab, tmp_path: Path, password: str, state: str) -> None:
    async with registrar(lab.sipp, tmp_path / "reg", "acct", password, address=lab.upstream, port=CARRIER_PORT):
        await lab.pbx.cli("pjsip send register upstream")
        await lab.pbx.wait_cli("pjsip show registrations", state)
        if state == "Registered":
            await lab.pbx.cli("pjsip send unregister upstream")
            await lab.pbx.wait_cli("pjsip show registrations", "Unregistered")


def test_a_phone_of_a_killed_test_dies_with_it(lab: Lab, tmp_path: Path) -> None:
    script = f"""
import asyncio, os, signal
from pathlib import Path
from tests.asterisk.bare_asterisk import BareAsterisk
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
async def main():
    async with Phone(BaresipTools(Path({str(lab.tools.program)!r}), Path({str(lab.tools.modules)!r})),
                     Path({str(tmp_path / "p")!r}), Account("101", "127.0.0.1:1", register=False)) as phone:
        print(phone.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=30, check=False)
    assert done.returncode == -9
    pid = int(done.stdout)
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the phone outlived its test"
        time.sleep(0.02)
