"""Recorded streams of a real Asterisk give exactly these call records, in whatever state they arrive."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.calls.finishing import END_UNKNOWN
from controlplane.calls.fold import fold
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import CallStatus, Phase
from controlplane.calls.transfers import joined_with, strangers
from controlplane.protocol.facts import Fact, FactKind

STREAMS = Path(__file__).parent / "streams"
NAMES = sorted(path.stem for path in STREAMS.glob("*.jsonl"))
FACTS = {
    name: [Fact.model_validate_json(line) for line in (STREAMS / f"{name}.jsonl").read_text().splitlines()]
    for name in NAMES
}


def others_of(facts: Sequence[Fact]) -> list[Fact]:
    """What is loaded beside a call's own facts: those of the calls with which transfers joined it."""
    wanted = joined_with(facts) | strangers(facts)
    found = [its for its in FACTS.values() if its[0].linkedid in wanted and its[0].linkedid != facts[0].linkedid]
    return [fact for its in found for fact in its]


OTHERS = {name: others_of(FACTS[name]) for name in NAMES}
ASKED = ".asked"  # the transferer's call to whom they asked, beside the call that they passed on
PASSED_ON = [name for name in NAMES if name + ASKED in NAMES]


def folded(name: str) -> FoldedCall:
    return fold(FACTS[name], others=OTHERS[name])


def phases(name: str) -> list[tuple[str, str]]:
    """Every state and phase of a live call, as its facts come in one by one, those of the other call between."""
    seen: list[tuple[str, str]] = []
    linkedid = FACTS[name][0].linkedid
    told = sorted([*FACTS[name], *OTHERS[name]], key=lambda fact: (fact.at, fact.seq))
    for count in range(1, len(told) + 1):
        own = [fact for fact in told[:count] if fact.linkedid == linkedid]
        if own:
            call = fold(own, others=[fact for fact in others_of(own) if fact in told[:count]])
            seen += [(call.status, call.phase)] if [(call.status, call.phase)] != seen[-1:] else []
    return seen


def as_json(call: FoldedCall) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(call), default=str))
    return values


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_gives_its_record(name: str) -> None:
    expected = json.loads((STREAMS / f"{name}.record.json").read_text())
    assert as_json(folded(name)) == expected


@pytest.mark.parametrize(
    ("name", "status", "ring_s", "wait_s", "talk_s"),
    [
        ("direct_answered_recorded", "answered", 1.0, 0.0, 1.6),  # 1.5 s of notice before it rings
        ("menu_queue_whisper", "answered", 1.5, 3.5, 9.1),  # 1.5 s ringing, 2.0 s whisper, then talk
        ("no_answer_voicemail", "voicemail", 2.0, 0.0, 0.0),  # 10 s of message are no talk
        ("ring_group_one_of_three", "answered", 1.5, 0.0, 2.0),
        ("busy", "busy", 0.0, 0.0, 0.0),
        ("missed", "missed", 2.0, 0.0, 0.0),
        ("queue_abandoned", "abandoned", 4.0, 5.0, 0.0),  # rang 2 s, paused 1 s, rang 2 s; music is no talk
        ("menu_abandoned", "abandoned", 0.0, 0.0, 0.0),
        ("queue_local_optimised", "answered", 1.5, 1.5, 3.5),
        ("blind_transfer", "answered", 0.5, 0.0, 4.5),  # 1.9 s with the first, 2.6 s with the second
        ("announcement", "missed", 0.0, 0.0, 0.0),
        ("external_number", "answered", 0.5, 0.0, 2.0),
        ("queue_overflow_voicemail_hangup", "missed", 2.0, 3.0, 0.0),  # left during the greeting
        ("internal_answered", "answered", 1.5, 0.0, 2.0),
        ("outbound_failover", "answered", 0.5, 0.0, 2.0),  # first carrier refused, second took it
        ("attended_transfer", "answered", 0.0, 0.0, 5.9),  # 3.4 s with the first, 2.5 s with the second
        ("attended_transfer.asked", "answered", 0.7, 0.0, 1.0),
        ("attended_transfer_from_queue", "answered", 0.0, 0.1, 5.9),
        ("attended_transfer_browser_phone", "answered", 0.4, 0.5, 4.9),
        ("blonde_transfer", "answered", 0.0, 0.1, 4.8),  # 1.5 s without anybody between
        ("blonde_transfer.asked", "missed", 2.25, 0.0, 0.0),  # by who asked
        ("blonde_transfer_in_vain", "answered", 0.0, 0.1, 2.1),
        ("attended_transfer_to_older_call", "answered", 0.0, 0.0, 3.9),  # 1.5 s with the first, 2.4 s with the second
        ("attended_transfer_to_older_call.asked", "answered", 0.0, 0.0, 1.6),  # until the other call came into it
    ],
)
def test_what_the_phones_did_is_what_the_record_says(
    name: str, status: str, ring_s: float, wait_s: float, talk_s: float
) -> None:
    call = folded(name)
    assert call.status == status
    assert call.ring_s == pytest.approx(ring_s, abs=0.06)
    assert call.wait_s == pytest.approx(wait_s, abs=0.06)
    assert call.talk_s == pytest.approx(talk_s, abs=0.06)
    assert call.hangup_cause == ("user busy" if status == "busy" else "normal clearing")
    assert call.flags == []


def test_members_that_lost_the_race_are_answered_elsewhere() -> None:
    call = fold(FACTS["ring_group_one_of_three"])
    assert [leg["outcome"] for leg in call.legs] == ["caller", "answered elsewhere", "connected", "busy"]


def test_the_first_to_take_a_transferred_call_answered_it() -> None:
    call = fold(FACTS["blind_transfer"])
    assert str(call.extension_id).endswith("205")
    assert [str(extension)[-3:] for extension in call.extension_ids] == ["204", "205"]
    assert [step["why"] for step in call.timeline if step["what"] == "transferred"] == ["blind"]


@pytest.mark.parametrize("name", PASSED_ON)
def test_who_was_asked_before_has_the_call_too(name: str) -> None:
    call = folded(name)
    assert str(call.extension_id).endswith("201")
    assert [str(extension)[-3:] for extension in call.extension_ids] == ["201", "202"]
    assert [step["why"] for step in call.timeline if step["what"] == "transferred"] == ["attended"]
    colleague = call.legs[-1]
    assert str(colleague["extension_id"]).endswith("202")
    assert colleague["outcome"] == ("no answer" if name.endswith("in_vain") else "connected")
    assert call.talk_s == pytest.approx(sum(leg["talk_s"] for leg in call.legs[1:]), abs=0.002)


@pytest.mark.parametrize("name", PASSED_ON)
def test_who_was_asked_is_connected_even_if_the_other_call_is_lost(name: str) -> None:
    call = fold(FACTS[name])
    if "blonde" not in name and "older" not in name:
        assert call.talk_s == folded(name).talk_s
    assert [step["why"] for step in call.timeline if step["what"] == "transferred"] == ["attended"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("attended_transfer", ["new", "ringing", "new", "answered"]),
        ("attended_transfer_from_queue", ["new", "queued", "answered"]),
        ("attended_transfer_browser_phone", ["new", "queued", "answered"]),
        ("attended_transfer_to_older_call", ["new", "ringing", "new", "answered"]),
        ("blonde_transfer", ["new", "queued", "answered", "ringing", "answered"]),
        ("blonde_transfer_in_vain", ["new", "queued", "answered", "ringing"]),
    ],
)
def test_a_caller_who_is_passed_on_does_not_wait_in_the_queue(name: str, expected: list[str]) -> None:
    live = [(CallStatus.LIVE, phase) for phase in expected]
    assert phases(name) == [*live, (CallStatus.ANSWERED, Phase.ENDED)]


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=150, deadline=None)
def test_order_doubling_and_a_lost_spool_change_nothing(name: str, data: st.DataObject) -> None:
    facts, others = FACTS[name], OTHERS[name]
    again = data.draw(st.lists(st.sampled_from(facts), max_size=20))
    respooled = [fact.model_copy(update={"boot": "other-boot", "seq": 9000 + n}) for n, fact in enumerate(again)]
    arrived = data.draw(st.permutations([*facts, *respooled, *again]))
    assert fold(arrived, others=data.draw(st.permutations(others))) == fold(facts, others=others)


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=150, deadline=None)
def test_any_part_of_a_stream_folds_without_error_and_adds_up(name: str, data: st.DataObject) -> None:
    part = data.draw(st.lists(st.sampled_from(FACTS[name]), unique_by=lambda fact: fact.seq))
    others = data.draw(st.lists(st.sampled_from(OTHERS[name] or FACTS[name]), unique_by=lambda fact: fact.seq))
    call = fold(part, others=others if OTHERS[name] else ())
    assert json.dumps(as_json(call))
    if call.duration_s is not None:
        assert 0 <= call.talk_s <= call.duration_s
        assert 0 <= call.ring_s <= call.duration_s
    if call.status == CallStatus.LIVE:
        assert call.ended_at is None or call.started_at is None


_ANY_TEXT = st.one_of(st.text(max_size=20), st.sampled_from(["NaN", "-1", "{}", "[1]", '{"extra": 3}', "CP_AT"]))


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_rows_never_stop_the_fold(name: str, data: st.DataObject) -> None:
    facts = [fact for fact in FACTS[name] if fact.kind == FactKind.CEL]
    position = data.draw(st.integers(0, len(facts) - 1))
    column = data.draw(st.sampled_from(sorted(facts[position].payload)))
    payload = {**facts[position].payload, column: data.draw(_ANY_TEXT)}
    facts[position] = facts[position].model_copy(update={"payload": payload})
    assert fold(facts, others=OTHERS[name]).linkedid


def test_a_call_is_live_until_its_end_comes() -> None:
    assert phases("menu_queue_whisper") == [
        (CallStatus.LIVE, Phase.NEW),
        (CallStatus.LIVE, Phase.IN_IVR),
        (CallStatus.LIVE, Phase.QUEUED),
        (CallStatus.LIVE, Phase.ANSWERED),
        (CallStatus.ANSWERED, Phase.ENDED),
    ]


def test_a_crash_of_asterisk_closes_the_call_by_what_was_reached() -> None:
    facts = FACTS["menu_queue_whisper"]
    until_talk = [fact for fact in facts if fact.at < facts[0].at + timedelta(seconds=6)]
    until_talk = [fact for fact in until_talk if fact.kind == FactKind.CEL]
    call = fold(until_talk, lost_at=facts[0].at + timedelta(seconds=10))
    assert (call.status, call.hangup_cause) == (CallStatus.ANSWERED, END_UNKNOWN)
    assert call.duration_s == pytest.approx(10, abs=0.1)


def test_the_real_end_wins_over_a_presumed_one() -> None:
    facts = FACTS["direct_answered_recorded"]
    assert fold(facts, lost_at=facts[0].at + timedelta(hours=9)) == fold(facts)


def test_a_fact_after_the_end_is_kept_and_flagged() -> None:
    facts = FACTS["missed"]
    late = next(fact for fact in facts if fact.payload.get("userdeftype") == "CP_AT")
    late = late.model_copy(update={"at": facts[-1].at + timedelta(seconds=60), "seq": 9999,
                                   "payload": {**late.payload, "eventtime": "9"}})  # fmt: skip
    call = fold([*facts, late])
    assert [flag["what"] for flag in call.flags] == ["late"]
    assert call.ended_at == fold(facts).ended_at
