"""Recorded calls of a real Asterisk, explained: word by word, and whatever is missing of them."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.calls.explain import steps_in_words
from controlplane.calls.fold import fold
from tests.replay.test_streams import FACTS, NAMES, folded


def _id(group: int, number: int) -> UUID:
    return UUID(f"00000000-0000-7000-{group:04}-{number:012}")


OBJECTS = {
    _id(8003, 201): "201 Ann", _id(8003, 202): "202 Ben", _id(8003, 203): "203 Cid", _id(8003, 204): "204 Dot",
    _id(8003, 205): "205 Eve", _id(8010, 1): "600 Sales", _id(8010, 2): "Main menu", _id(8010, 3): "Everyone",
    _id(8010, 4): "900 Messages", _id(8010, 5): "Main line", _id(8010, 6): "Carrier", _id(8010, 7): "USA",
    _id(8010, 8): "Second carrier", _id(8010, 20): "601 Patient", _id(8010, 21): "602 Quick",
    _id(8011, 1): "Opening hours",
}  # fmt: skip
LEADS, WAITED = "the number leads there", "the caller waited"
HIDDEN = "+15557654321 called +1555000{} (Main line) by trunk Carrier"
ANN = "Ann (+15557654321) called +1555000{} (Main line) by trunk Carrier"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "menu_queue_whisper",
            [
                ANN.format("102"),
                "went to hours Opening hours, because the number leads there",
                "hours Opening hours said: open",
                "went to menu Main menu, because it was open; the caller listened for 1.4 s until a key was pressed",
                "the caller pressed 1 in menu Main menu",
                f"went to queue 600 Sales, because of the key pressed; {WAITED} for 3.5 s until somebody answered",
                "extension 204 Dot (dev204) rang for 1.5 s: it was answered",
                "extension 202 Ben (dev202) rang for 1.5 s: another phone took the call",
                "the answering side alone heard the whisper of queue 600 Sales",
                "connected with extension 204 Dot (dev204) for 9.1 s",
                "the caller hung up",
            ],
        ),
        (
            "direct_answered_recorded",
            [
                ANN.format("101"),
                "went to extension 201 Ann, because the number leads there",
                "the caller heard the recording notice",
                "recording was armed: it runs while both sides are connected",
                "extension 201 Ann (dev201) rang for 1.0 s: it was answered",
                "connected with extension 201 Ann (dev201) for 1.6 s",
                "recording began",
                "the caller hung up",
            ],
        ),
        (
            "busy",
            [
                ANN.format("105"),
                "went to extension 203 Cid, because the number leads there",
                "extension 203 Cid (dev203) rang for 0.0 s: it was busy",
                "extension 203 Cid: every phone was busy or declined the call",
                "we ended the call: user busy; the caller was told 486 Busy Here",
            ],
        ),
        (
            "menu_abandoned",
            [
                ANN.format("108"),
                f"went to menu Main menu, because {LEADS}; the caller listened for 2.0 s until the call ended",
                "the caller hung up in menu Main menu",
            ],
        ),
        (
            "queue_overflow_voicemail_hangup",
            [
                ANN.format("113"),
                "went to queue 601 Patient, because the number leads there; the caller waited for 3.0 s",
                "extension 202 Ben (dev202) rang for 2.0 s: nobody answered",
                "left queue 601 Patient without an answer: the longest wait was over",
                "went to voicemail box 900 Messages, because the wait was too long; the caller stayed for 1.5 s",
                "no message was left in voicemail box 900 Messages",
                "the caller hung up at voicemail box 900 Messages",
            ],
        ),
        (
            "outbound_failover",
            [
                "our phone Ann (201) dialled 915550002222",
                "trunk Carrier was asked for +115550002222 by outbound route USA, showing +15550009999",
                "trunk Carrier was tried for 0.0 s: it failed (no circuit)",
                "trunk Second carrier was asked for +115550002222 by outbound route USA, showing +15550009999",
                "trunk Second carrier was tried for 0.5 s: it was answered",
                "connected with trunk Second carrier for 2.0 s",
                "the caller hung up",
            ],
        ),
        (
            "blind_transfer",
            [
                ANN.format("110"),
                "went to extension 205 Eve, because the number leads there",
                "extension 205 Eve (dev205) rang for 0.5 s: it was answered",
                "connected with extension 205 Eve (dev205) for 1.9 s",
                "extension 205 Eve (dev205) passed the call on to 204 (blind transfer)",
                "extension 204 Dot (dev204) rang for 1.5 s: it was answered",
                "connected with extension 204 Dot (dev204) for 2.6 s",
                "the caller hung up",
            ],
        ),
        (
            "attended_transfer_from_queue",
            [
                HIDDEN.format("101"),
                f"went to queue 600 Sales, because the number leads there; {WAITED} for 0.1 s until somebody answered",
                "extension 201 Ann (dev201) rang for 0.0 s: it was answered",
                "connected with extension 201 Ann (dev201) for 3.4 s",
                "extension 202 Ben (dev202) rang for 0.7 s: it was answered",
                "extension 201 Ann (dev201) passed the call on to 202 (attended transfer)",
                "connected with extension 202 Ben (dev202) for 2.5 s",
                "the caller hung up",
            ],
        ),
        (
            "blonde_transfer_in_vain",
            [
                HIDDEN.format("101"),
                f"went to queue 600 Sales, because the number leads there; {WAITED} for 0.1 s until somebody answered",
                "extension 201 Ann (dev201) rang for 0.0 s: it was answered",
                "connected with extension 201 Ann (dev201) for 2.1 s",
                "extension 202 Ben (dev202) rang for 2.5 s: until the caller gave up",
                "extension 201 Ann (dev201) passed the call on to 202 (attended transfer)",
                "the caller hung up",
            ],
        ),
    ],
)
def test_a_recorded_call_is_told_so_that_a_shop_understands_it(name: str, words: list[str]) -> None:
    assert [step.words for step in steps_in_words(folded(name), OBJECTS)] == words


def test_an_engineer_finds_channels_causes_and_places() -> None:
    steps = {step.what: step for step in steps_in_words(fold(FACTS["busy"]), OBJECTS)}
    leg = steps["ringing"].leg
    assert leg is not None
    assert (leg.channel, leg.q850, leg.q850_words) == ("PJSIP/dev203-0000000c", 17, "Q.850 17, user busy")
    source = steps["sent to"].source
    assert source is not None
    assert (source.context, source.exten, source.file) == ("scn-05", "s", None)
    assert source.text.startswith("CELGenUserEvent(CP_AT,kind=extension|id=")


def with_sip(name: str, channel: str, sip: int) -> Any:
    """The stream as a node tells it that writes down what legs answered."""
    facts = list(FACTS[name])
    index = next(n for n, one in enumerate(facts) if one.payload.get("userdeftype") == "CP_DIAL_END")
    told = facts[index]
    payload = {**told.payload, "userdeftype": "CP_CAUSE",
               "eventextra": f'{{"extra":"channel={channel}|sip={sip}"}}'}  # fmt: skip
    facts.insert(index, told.model_copy(update={"payload": payload, "seq": 900}))
    return facts


@pytest.mark.parametrize(
    ("sip", "words"),
    [
        (486, "486 Busy Here: the phone is in a call"),
        (480, "480 Temporarily Unavailable: nobody can be reached there now"),
        (603, "603 Decline: somebody declined the call"),
        (499, "499: it refused the call"),
    ],
)
def test_what_a_phone_answered_is_said_by_its_sip_status(sip: int, words: str) -> None:
    steps = steps_in_words(fold(with_sip("busy", "PJSIP/dev203-0000000c", sip)), OBJECTS)
    (rang,) = [step for step in steps if step.what == "ringing"]
    assert rang.words == f"extension 203 Cid (dev203) rang for 0.0 s: {words}"
    assert rang.leg is not None
    assert (rang.leg.sip, rang.leg.q850) == (sip, 17)


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_is_missing_of_a_call_the_rest_is_told(name: str, data: st.DataObject) -> None:
    part = data.draw(st.lists(st.sampled_from(FACTS[name]), unique_by=lambda fact: fact.seq))
    call = fold(part)
    steps = steps_in_words(call, {})
    assert len(steps) >= len(call.timeline)
    assert all(step.words and "None" not in step.words and step.after_s >= 0 for step in steps)
