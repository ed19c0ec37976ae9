"""Recorded streams of a real Asterisk give exactly these call records, in whatever state they arrive."""

import dataclasses
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.calls.fold import END_UNKNOWN, fold
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import CallStatus, Phase
from controlplane.protocol.facts import Fact, FactKind

STREAMS = Path(__file__).parent / "streams"
NAMES = sorted(path.stem for path in STREAMS.glob("*.jsonl"))
FACTS = {
    name: [Fact.model_validate_json(line) for line in (STREAMS / f"{name}.jsonl").read_text().splitlines()]
    for name in NAMES
}


def as_json(call: FoldedCall) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(call), default=str))
    return values


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_gives_its_record(name: str) -> None:
    expected = json.loads((STREAMS / f"{name}.record.json").read_text())
    assert as_json(fold(FACTS[name])) == expected


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
    ],
)
def test_what_the_phones_did_is_what_the_record_says(
    name: str, status: str, ring_s: float, wait_s: float, talk_s: float
) -> None:
    call = fold(FACTS[name])
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


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=150, deadline=None)
def test_order_doubling_and_a_lost_spool_change_nothing(name: str, data: st.DataObject) -> None:
    facts = FACTS[name]
    again = data.draw(st.lists(st.sampled_from(facts), max_size=20))
    respooled = [fact.model_copy(update={"boot": "other-boot", "seq": 9000 + n}) for n, fact in enumerate(again)]
    assert fold(data.draw(st.permutations([*facts, *respooled, *again]))) == fold(facts)


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=150, deadline=None)
def test_any_part_of_a_stream_folds_without_error_and_adds_up(name: str, data: st.DataObject) -> None:
    part = data.draw(st.lists(st.sampled_from(FACTS[name]), unique_by=lambda fact: fact.seq))
    call = fold(part)
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
    assert fold(facts).linkedid


def test_a_call_is_live_until_its_end_comes() -> None:
    facts = FACTS["menu_queue_whisper"]
    seen: list[tuple[str, str]] = []
    for count in range(1, len(facts) + 1):
        call = fold(facts[:count])
        if not seen or seen[-1] != (call.status, call.phase):
            seen.append((call.status, call.phase))
    assert seen == [
        (CallStatus.LIVE, Phase.NEW),
        (CallStatus.LIVE, Phase.IN_IVR),
        (CallStatus.LIVE, Phase.QUEUED),
        (CallStatus.LIVE, Phase.ANSWERED),
        (CallStatus.LIVE, Phase.QUEUED),  # one side of the bridge is gone, a few rows before the end
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
