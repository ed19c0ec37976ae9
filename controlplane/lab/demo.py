"""Two real calls into a shop, and what both ends heard beside what the API tells."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controlplane.lab import tones
from controlplane.lab.addresses import own_address
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.client import ApiClient, Json
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account, PhoneCall
from controlplane.lab.shop import Shop, open_shop
from controlplane.lab.words import normalise, word_error_rate

CALLER_HZ = 440.0
MEMBER_HZ = 1500.0
CALLER_NUMBER = "+12025550199"
MESSAGE = "Hello, this is Anna. Please call me back about the blue bicycle on Monday morning."
TALK_S = 5.0
TONE_LEVEL = 4000.0
MAX_WORD_ERRORS = 0.2
MAX_DURATION_ERROR_S = 0.5

Speak = Callable[[str, Path], Awaitable[Path]]
Understand = Callable[[Path], Awaitable[str]]


@dataclass(frozen=True)
class Finding:
    """One line of the demo's table."""

    what: str
    expected: str
    found: str
    ok: bool


@dataclass(frozen=True)
class Bench:
    """What the demo works with.

    Attributes:
        server: ``host:port`` of Asterisk's SIP.
        speak: Makes a WAV file of a text.
        understand: Gives the words of a WAV file.
    """

    api: ApiClient
    server: str
    tools: BaresipTools
    folder: Path
    speak: Speak
    understand: Understand
    say: Callable[[str], None]


async def run_demo(bench: Bench) -> list[Finding]:
    """Sets up the shop, makes both calls, gathers the findings."""
    carrier_address = own_address()
    bench.say("Configuring a shop through the REST API and applying it")
    shop = await open_shop(bench.api, carrier_address=carrier_address)
    async with contextlib.AsyncExitStack() as phones:
        desk = await _desk(bench, shop, phones, "desk-201", plays=_tone(bench.folder, MEMBER_HZ), answer_after_s=1.0)
        lamp = await _desk(bench, shop, phones, "desk-202", lamp=True)
        caller = await phones.enter_async_context(
            Phone(
                bench.tools,
                bench.folder / "carrier",
                Account(CALLER_NUMBER, bench.server, register=False, display_name="Anna Example"),
                plays=_tone(bench.folder, CALLER_HZ),
                address=carrier_address,
            )
        )
        bench.say("First call: number, hours, menu, key 1, queue, whisper, talk, recording")
        findings = await _queue_call(bench, shop, caller, desk)
        bench.say("Second call: number, hours, menu, key 2, voicemail")
        findings += await _voicemail_call(bench, shop, caller, lamp)
    return findings


async def _desk(
    bench: Bench, shop: Shop, phones: contextlib.AsyncExitStack, name: str, *,
    plays: Path | None = None, answer_after_s: float | None = None, lamp: bool = False,
) -> Phone:  # fmt: skip
    account = Account(name, bench.server, shop.secrets[name], lamp=lamp)
    phone = Phone(bench.tools, bench.folder / name, account, plays=plays, answer_after_s=answer_after_s)
    await phones.enter_async_context(phone)
    await phone.register()
    return phone


def _tone(folder: Path, hz: float) -> Path:
    return tones.write_wav(folder / f"tone{hz:.0f}.wav", tones.tone(hz, 120))


# The call through the queue


async def _queue_call(bench: Bench, shop: Shop, caller: Phone, desk: Phone) -> list[Finding]:
    outgoing = await caller.dial(shop.number)
    await caller.wait_established(outgoing)
    await asyncio.sleep(7.0)  # let the caller hear the whole menu
    await caller.send_dtmf("1")
    incoming = await desk.wait_ringing(20)
    await desk.wait_established(incoming, 20)
    answered_at = time.monotonic()
    await desk.wait_hears(CALLER_HZ, call=incoming, timeout_s=20)
    await asyncio.sleep(TALK_S)
    on_the_phone_s = time.monotonic() - answered_at
    await caller.hangup(outgoing)
    await asyncio.gather(caller.wait_closed(outgoing), desk.wait_closed(incoming))
    talked_s = on_the_phone_s - _talk(incoming).start_s  # the agent's phone drops its last buffers, so by the clock
    record = await _finished_record(bench.api, "answered", "recording")
    return [
        *await _what_was_heard(bench, shop, outgoing, incoming),
        *_what_was_told(shop, record),
        *await _what_was_recorded(bench, record, talked_s),
    ]


async def _what_was_heard(bench: Bench, shop: Shop, outgoing: PhoneCall, incoming: PhoneCall) -> list[Finding]:
    talk_begins = _talk(incoming).start_s
    before_talk = await bench.understand(_cut(bench.folder / "whisper.wav", incoming.heard, 0, talk_begins))
    by_caller = await bench.understand(outgoing.heard)
    menu = _share(shop.menu_text, by_caller)
    whispered = _share(shop.whisper_text, before_talk)
    leaked = _run_of_words(shop.whisper_text, by_caller)
    return [
        Finding("caller hears the menu", shop.menu_text, f"{menu:.0%} of its words", menu >= 0.7),
        Finding("agent hears the whisper", shop.whisper_text, before_talk, whispered >= 0.6),
        Finding("caller does not hear it", "none of it", f"longest run of its words: {leaked}", leaked < 3),
        Finding(
            "agent hears the caller", f"{CALLER_HZ:.0f} Hz", _loud(incoming.heard, CALLER_HZ),
            _is_heard(incoming.heard, CALLER_HZ),
        ),
        Finding(
            "caller hears the agent", f"{MEMBER_HZ:.0f} Hz", _loud(outgoing.heard, MEMBER_HZ),
            _is_heard(outgoing.heard, MEMBER_HZ),
        ),
    ]  # fmt: skip


def _what_was_told(shop: Shop, record: Json) -> list[Finding]:
    said = [step["what"] for step in record["timeline"]]
    keys = [step["digit"] for step in record["timeline"] if step["what"] == "key"]
    return [
        Finding("record: status", "answered", record["status"], record["status"] == "answered"),
        Finding("record: number and caller", f"{shop.number} from {CALLER_NUMBER}",
                f"{record['dialed_number']} from {record['caller_number']}",
                (record["dialed_number"], record["caller_number"]) == (shop.number, CALLER_NUMBER)),
        Finding("record: key pressed", "1", ", ".join(keys), keys == ["1"]),
        Finding("record: queue and who answered", "Sales, 201", " → ".join(said),
                record["queue_id"] == shop.ids["sales"] and record["extension_id"] == shop.ids["sales phone"]),
    ]  # fmt: skip


async def _what_was_recorded(bench: Bench, record: Json, talked: float) -> list[Finding]:
    file = bench.folder / "recording.wav"
    file.write_bytes(await bench.api.content(f"/calls/{record['id']}/recording"))
    off = abs(tones.duration_s(file) - talked)
    left, right = (
        [tones.tone_level(file, hz, channel=channel, start_s=0.5, end_s=4) for hz in (CALLER_HZ, MEMBER_HZ)]
        for channel in (0, 1)
    )
    apart = min(left[0], right[1]) > 1000 and max(left[1], right[0]) < 100
    return [
        Finding("recording lasts as long as the talk", f"{talked:.2f} s", f"{tones.duration_s(file):.2f} s",
                off <= MAX_DURATION_ERROR_S),
        Finding("recording is stereo: caller left, agent right", "each tone on its side",
                f"left {left[0]:.0f}/{left[1]:.0f}, right {right[0]:.0f}/{right[1]:.0f}", apart),
        Finding("record: talk time", f"{talked:.2f} s", f"{record['talk_s']:.2f} s",
                abs(record["talk_s"] - talked) <= MAX_DURATION_ERROR_S),
    ]  # fmt: skip


def _talk(incoming: PhoneCall) -> tones.ToneSpan:
    """When the agent heard the caller's tone. Speech has a little of every tone, but none so loud and long."""
    spans = tones.tone_spans(incoming.heard, [CALLER_HZ], threshold=TONE_LEVEL)
    return max(spans, key=lambda span: span.duration_s)


# The call into the voicemail box


async def _voicemail_call(bench: Bench, shop: Shop, caller: Phone, lamp: Phone) -> list[Finding]:
    message = await bench.speak(MESSAGE, bench.folder / "message.wav")
    silent = tones.write_wav(bench.folder / "quiet.wav", tones.silence(1))
    await caller.play(silent)
    outgoing = await caller.dial(shop.number)
    await caller.wait_established(outgoing)
    await asyncio.sleep(2.0)
    await caller.send_dtmf("2")
    await caller.wait_beep(call=outgoing)
    await caller.play(message)
    await asyncio.sleep(tones.duration_s(message) + 1)
    await caller.hangup(outgoing)
    await caller.wait_closed(outgoing)
    await lamp.wait_messages_waiting(timeout_s=15)
    record = await _finished_record(bench.api, "voicemail", "voicemail_id")
    voicemail = await bench.api.until(
        f"/voicemails/{record['voicemail_id']}",
        lambda one: one["transcript"]["state"] not in {"pending", None},
        timeout_s=60,
        what="transcribed",
    )
    text = voicemail["transcript"]["text"] or ""
    errors = word_error_rate(MESSAGE, text)
    greeting = _share(shop.greeting_text, await bench.understand(outgoing.heard))
    return [
        Finding("caller hears the greeting", shop.greeting_text, f"{greeting:.0%} of its words", greeting >= 0.7),
        Finding("record: status", "voicemail", record["status"], record["status"] == "voicemail"),
        Finding("message lamp of 202", "on", "on", ok=True),
        Finding("transcript", MESSAGE, f"{text} ({errors:.0%} of the words wrong)", errors <= MAX_WORD_ERRORS),
    ]


async def _finished_record(api: ApiClient, status: str, attached: str) -> Json:
    """The newest call of that status once it is over and its sound has arrived."""

    def ready(page: Json) -> bool:
        return any(item["ended_at"] and item[attached] for item in page["items"])

    page = await api.until("/calls", ready, timeout_s=20, what=f"a finished {status} call", status=status, limit=1)
    return await api.get(f"/calls/{page['items'][0]['id']}")


def _cut(target: Path, source: Path, start_s: float, end_s: float) -> Path:
    data, rate = tones.read_audio(source)
    return tones.write_wav(target, data[round(start_s * rate) : round(end_s * rate)])


def _share(wanted: str, heard: str) -> float:
    """How many of the wanted words occur in what was heard; a recogniser may add or swap some."""
    words, understood = normalise(wanted), set(normalise(heard))
    return sum(word in understood for word in words) / len(words)


def _run_of_words(wanted: str, heard: str) -> int:
    """The longest run of the wanted words, in order, within what was heard."""
    words, text = normalise(wanted), f" {' '.join(normalise(heard))} "
    runs = [
        end - start
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
        if f" {' '.join(words[start:end])} " in text
    ]
    return max(runs, default=0)


def _is_heard(path: Path, hz: float) -> bool:
    return any(span.duration_s > TALK_S / 2 for span in tones.tone_spans(path, [hz]))


def _loud(path: Path, hz: float) -> str:
    spans = tones.tone_spans(path, [hz])
    return f"for {sum(span.duration_s for span in spans):.1f} s" if spans else "never"


def summary(findings: list[Finding]) -> dict[str, Any]:
    """The JSON line at the end."""
    return {
        "ok": all(finding.ok for finding in findings),
        "checks": {finding.what: finding.ok for finding in findings},
    }
