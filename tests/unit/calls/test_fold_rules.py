"""Rules of the fold that no recorded stream shows."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from controlplane.calls.fold import fold
from controlplane.calls.schemas import CallStatus, Direction, Phase
from controlplane.protocol.call_events import CallEvent, write_pairs
from controlplane.protocol.facts import Fact, FactKind

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
ORG, ANN, BOB, QUEUE = (UUID(int=number) for number in range(1, 5))
CALLER, PHONE = "n-1.0", "n-1.1"


class Story:
    """Writes the channel events of one call."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def cel(self, at_s: float, event: str, *, channel: str = "PJSIP/trunk-00000000", uniqueid: str = CALLER,
            account: str = "", peer: str = "", name: str = "", **extra: Any) -> "Story":  # fmt: skip
        payload = {
            "eventtype": event, "uniqueid": uniqueid, "channame": channel, "accountcode": account, "peer": peer,
            "cid_name": name, "cid_num": "101", "userdeftype": "", "eventextra": json.dumps(extra) if extra else "",
            "eventtime": str(at_s),
        }  # fmt: skip
        return self._add(at_s, payload)

    def event(self, at_s: float, event: CallEvent, *, exten: str = "s", **pairs: Any) -> "Story":
        payload = {
            "exten": exten, "eventtype": "USER_DEFINED", "uniqueid": CALLER, "channame": "PJSIP/trunk-00000000",
            "userdeftype": event.value, "eventextra": json.dumps({"extra": write_pairs(**pairs)}),
            "eventtime": str(at_s),
        }  # fmt: skip
        return self._add(at_s, payload)

    def _add(self, at_s: float, payload: dict[str, Any]) -> "Story":
        at = START + timedelta(seconds=at_s)
        self.facts.append(
            Fact(boot="boot-0001", seq=len(self.facts) + 1, kind=FactKind.CEL, at=at, linkedid=CALLER, payload=payload)
        )
        return self


def inbound() -> Story:
    return Story().cel(0, "CHAN_START").event(0, CallEvent.INBOUND, org=ORG, dialed="+15550001111", caller="+1555")


def internal(dialed: str) -> Story:
    return Story().cel(0, "CHAN_START", account=str(ANN)).event(0, CallEvent.INTERNAL, org=ORG, ext=ANN, dialed=dialed)


def ended(story: Story, at_s: float) -> list[Fact]:
    return story.cel(at_s, "CHAN_END").cel(at_s, "LINKEDID_END").facts


def test_what_hours_send_on_is_told_as_two_steps() -> None:
    """One event since the rendering of 2026-11; two in what older releases wrote."""
    hours = UUID(int=9)
    told: dict[str, Any] = {"kind": "queue", "id": QUEUE, "why": "holiday"}
    together = inbound().event(1, CallEvent.AT, **told, hours=hours)
    apart = inbound().event(1, CallEvent.HOURS, id=hours, state="holiday").event(1, CallEvent.AT, **told)
    steps = [
        [(step["what"], step["where"], step["why"]) for step in fold(one.facts).timeline] for one in (together, apart)
    ]
    assert steps[0] == steps[1]
    assert steps[0][-2:] == [
        ("hours", {"kind": "time_condition", "id": str(hours)}, "holiday"),
        ("sent to", {"kind": "queue", "id": str(QUEUE)}, "holiday"),
    ]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (CallEvent.AT, {"kind": "queue", "id": QUEUE, "why": "number"}),
        (CallEvent.AT, {"kind": "queue", "id": QUEUE, "why": "open", "hours": UUID(int=9)}),
        (CallEvent.HOURS, {"id": UUID(int=9), "state": "closed"}),
    ],
)
def test_where_a_call_came_from_may_be_told_by_its_first_step(event: CallEvent, told: dict[str, Any]) -> None:
    """Since the rendering of 2026-11; older releases had an event for it, and a recorded call has it still."""
    arrived: dict[str, Any] = {
        "did": UUID(int=10), "trunk": UUID(int=11), "dialed": "+15550001111", "caller": "+15557654321", "org": ORG,
        "loc": UUID(int=12), "release": UUID(int=13),
    }  # fmt: skip
    together, apart = (Story().cel(0, "CHAN_START", name="Cara") for _ in range(2))
    together.event(1, event, **told, **arrived)
    apart.event(1, CallEvent.INBOUND, **arrived).event(1, event, **told)
    call = fold(ended(together, 2))
    assert call == fold(ended(apart, 2))
    assert (call.phone_number_id, call.caller_number, call.org_id) == (UUID(int=10), "+15557654321", ORG)
    assert call.timeline[0]["what"] == "arrived"


def test_hours_that_a_call_meets_later_do_not_change_where_it_came_from() -> None:
    later: dict[str, Any] = {"did": UUID(int=10), "dialed": "+15550009999", "caller": "+1666", "org": UUID(int=14)}
    call = fold(ended(inbound().event(1, CallEvent.HOURS, id=UUID(int=9), state="open", **later), 2))
    assert (call.phone_number_id, call.dialed_number, call.org_id) == (None, "+15550001111", ORG)


def test_a_feature_code_is_answered_by_the_system() -> None:
    story = internal("*97").cel(0.1, "ANSWER").event(0.2, CallEvent.VOICEMAIL_CHECK, box=QUEUE)
    call = fold(ended(story, 5))
    assert (call.direction, call.status, call.talk_s) == (Direction.INTERNAL, CallStatus.ANSWERED, 0.0)


@pytest.mark.parametrize(
    ("why", "status"),
    [
        ("number", CallStatus.BLOCKED),
        ("unknown", CallStatus.FAILED),
        ("trunk_full", CallStatus.FAILED),
        ("closed", CallStatus.MISSED),
        ("overflow", CallStatus.MISSED),
    ],
)
def test_why_it_was_hung_up_makes_the_status(why: str, status: CallStatus) -> None:
    assert fold(ended(inbound().event(1, CallEvent.AT, kind="hangup", id="", why=why), 2)).status == status


@pytest.mark.parametrize(("dial_status", "status"), [("BUSY", CallStatus.BUSY), ("CHANUNAVAIL", CallStatus.MISSED)])
def test_a_busy_extension_without_another_destination_is_busy(dial_status: str, status: CallStatus) -> None:
    story = inbound().event(1, CallEvent.AT, kind="extension", id=ANN, why="number")
    story.event(2, CallEvent.DIAL_END, id=ANN, status=dial_status)
    assert fold(ended(story.event(2, CallEvent.AT, kind="hangup", id="", why="busy"), 2)).status == status


@pytest.mark.parametrize(
    ("channel", "name"), [("PJSIP/trunk-00000000", 'O"Br \\'), ("PJSIP/desk-00000000", 'O\\"Br \\\\')]
)
def test_a_carriers_caller_name_is_taken_out_of_its_quoting(channel: str, name: str) -> None:
    story = Story().cel(0, "CHAN_START", channel=channel, name='O\\"Br \\\\')
    assert fold(story.facts).caller_name == name


@pytest.mark.parametrize(
    ("cause", "status"),
    [(17, CallStatus.BUSY), (19, CallStatus.MISSED), (34, CallStatus.FAILED), (1, CallStatus.FAILED)],
)
def test_what_the_carrier_said_last_makes_an_outbound_status(cause: int, status: CallStatus) -> None:
    story = internal("915550002222").event(0.1, CallEvent.OUTBOUND, trunk=QUEUE, dialed="+15550002222", shown="+1")
    leg = {"channel": "PJSIP/trunk-00000001", "uniqueid": PHONE}
    story.cel(0.2, "CHAN_START", **leg).cel(3, "HANGUP", **leg, hangupcause=cause).cel(3, "CHAN_END", **leg)
    call = fold(ended(story, 3.1))
    assert (call.direction, call.status, call.dialed_number) == (Direction.OUTBOUND, status, "+15550002222")
    assert (call.extension_id, call.legs[1]["number"]) == (ANN, "+15550002222")


def test_a_whisper_through_a_local_channel_is_no_talk() -> None:
    """The member's phone is bridged with its Local half while the other half plays; the caller still waits."""
    story = inbound().event(1, CallEvent.AT, kind="queue", id=QUEUE, why="number")
    phone = {"channel": "PJSIP/bob-00000001", "uniqueid": PHONE}
    one, two = ({"channel": f"Local/member@x-0000;{n}", "uniqueid": f"n-1.{n + 1}"} for n in (1, 2))
    story.cel(1, "CHAN_START", **one).cel(1, "CHAN_START", **two)
    story.cel(1.1, "CHAN_START", **phone, account=str(BOB)).cel(3, "ANSWER", **phone)
    story.cel(3, "BRIDGE_ENTER", **phone, bridge_id="a").cel(3, "BRIDGE_ENTER", **two, bridge_id="a")
    story.cel(5, "BRIDGE_ENTER", **one, bridge_id="b").cel(5, "BRIDGE_ENTER", bridge_id="b")
    story.cel(9, "BRIDGE_EXIT", bridge_id="b")
    call = fold(ended(story, 9))
    assert (call.status, call.ring_s, call.wait_s, call.talk_s) == (CallStatus.ANSWERED, 1.9, 4.0, 4.0)
    assert (call.extension_id, call.queue_id) == (BOB, QUEUE)


def test_a_parked_caller_does_not_talk() -> None:
    story = inbound().event(1, CallEvent.AT, kind="extension", id=ANN, why="number")
    phone = {"channel": "PJSIP/ann-00000001", "uniqueid": PHONE}
    story.cel(1, "CHAN_START", **phone, account=str(ANN)).cel(2, "ANSWER", **phone)
    story.cel(2, "BRIDGE_ENTER", **phone, bridge_id="a", bridge_technology="simple_bridge")
    story.cel(2, "BRIDGE_ENTER", bridge_id="a", bridge_technology="simple_bridge")
    story.cel(4, "BRIDGE_EXIT", bridge_id="a").cel(4, "BRIDGE_EXIT", **phone, bridge_id="a")
    story.cel(4, "BRIDGE_ENTER", bridge_id="p", bridge_technology="holding_bridge")
    story.cel(4.1, "BRIDGE_ENTER", **phone, bridge_id="p", bridge_technology="holding_bridge")
    call = fold(ended(story, 30))
    assert (call.status, call.talk_s) == (CallStatus.ANSWERED, 2.0)


def test_what_is_odd_is_flagged_and_told() -> None:
    story = inbound().cel(1, "SOMETHING_NEW").event(2, CallEvent.AT, kind="ivr_menu", id="no-id", why="number")
    call = fold(ended(story, 3))
    assert [flag["what"] for flag in call.flags] == ["unknown event"]
    assert call.status == CallStatus.ABANDONED


def talked_in_queue() -> Story:
    """The member's phone has left the caller, who is still there."""
    story = inbound().event(1, CallEvent.AT, kind="queue", id=QUEUE, why="number")
    phone = {"channel": "PJSIP/ann-00000001", "uniqueid": PHONE}
    story.cel(1, "CHAN_START", **phone, account=str(ANN)).cel(2, "ANSWER", **phone)
    story.cel(2, "BRIDGE_ENTER", **phone, bridge_id="a").cel(2, "BRIDGE_ENTER", bridge_id="a")
    story.cel(4, "BRIDGE_EXIT", bridge_id="a").cel(4, "BRIDGE_EXIT", **phone, bridge_id="a")
    return story.cel(4, "CHAN_END", **phone)


def test_a_caller_who_was_answered_is_out_of_the_queue_also_while_parked() -> None:
    story = talked_in_queue().cel(4, "BRIDGE_ENTER", bridge_id="p", bridge_technology="holding_bridge")
    assert fold(story.facts).phase == Phase.ANSWERED


def test_a_caller_who_is_passed_on_into_another_queue_waits_in_that_one() -> None:
    story = talked_in_queue().event(4, CallEvent.AT, kind="queue", id=UUID(int=9), why="dialed")
    live, over = fold(story.facts), fold(ended(story, 9))
    assert (live.phase, live.queue_id, over.queue_id) == (Phase.QUEUED, UUID(int=9), QUEUE)


def test_a_transfer_is_told_before_the_arrival_that_it_caused() -> None:
    story = inbound().event(1, CallEvent.AT, kind="extension", id=ANN, why="number")
    story.event(5, CallEvent.AT, exten="102", kind="extension", id=BOB, why="dialed")
    story.cel(5.002, "BLINDTRANSFER", uniqueid=PHONE, channel="PJSIP/ann-00000001", extension="102")
    told = [entry["what"] for entry in fold(ended(story, 9)).timeline]
    assert told == ["arrived", "sent to", "transferred", "sent to", "ended"]
