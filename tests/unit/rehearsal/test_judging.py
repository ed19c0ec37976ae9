"""What a flow test says of a call that was played."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from controlplane.rehearsal.judging import judge
from controlplane.rehearsal.schemas import End, Heard, Place, SimulationRead, Source
from controlplane.rehearsal.telling import once_each
from controlplane.telephony.flow_schemas import Expectation, FlowTestFields, Outcome, Situation

MENU, QUEUE, DESK, BOX = (UUID(int=number) for number in range(1, 5))
NAMES = {MENU: "Menu", QUEUE: "Sales", DESK: "Ann", BOX: "Box"}
PASSED = [
    Place(kind="ivr_menu", id=MENU, name="Menu"),
    Place(kind="queue", id=QUEUE, name="Sales"),
    Place(kind="external_number", id=None, name="+13105550000"),
    Place(kind="extension", id=DESK, name="Ann"),
]
PLAYED = SimulationRead(
    number="+12025550100", moment=datetime(2026, 11, 23, tzinfo=UTC), timezone="UTC", source=Source.LIVE, steps=[],
    hears=[Heard(after_s=0, words="Press one", prompt=None), Heard(after_s=1, words="music on hold", prompt=None)],
    end=End(how=Outcome.ANSWERED, object=PASSED[-1], words="connected with Ann"), passes=PASSED, status="answered",
    longest_s=0, took_ms=1,
)  # fmt: skip


def problems(**expect: object) -> list[str]:
    wanted = Expectation.model_validate(expect)
    test = FlowTestFields(name="Test", given=Situation(number="+12025550100"), expect=wanted)
    result = judge(DESK, test, PLAYED, NAMES)
    assert result.passed == (not result.problems)
    return result.problems


@pytest.mark.parametrize(
    "expect",
    [
        {},
        {"passes": [{"kind": "ivr_menu", "id": MENU}, {"kind": "extension", "id": DESK}]},
        {"passes": [{"kind": "external_number", "number": "+13105550000"}]},
        {"ends": "answered", "ends_at": {"kind": "extension", "id": DESK}},
        {"hears": ["press ONE", "music"]},
    ],
)
def test_a_call_that_goes_its_way_has_no_problems(expect: dict[str, object]) -> None:
    assert problems(**expect) == []


def test_the_order_in_which_objects_are_passed_counts() -> None:
    (problem,) = problems(passes=[{"kind": "queue", "id": QUEUE}, {"kind": "ivr_menu", "id": MENU}])
    assert problem == (
        "Expected to pass queue Sales → IVR menu Menu; IVR menu Menu is not passed there. "
        "The call passes IVR menu Menu → queue Sales → external number +13105550000 → extension Ann."
    )


def test_each_difference_is_a_sentence() -> None:
    assert problems(ends="voicemail", ends_at={"kind": "voicemail", "id": BOX}, hears=["music", "press one"]) == [
        "Expected the end: voicemail. It ends: answered (connected with Ann).",
        "Expected to end at voicemail Box. It ends at extension Ann (connected with Ann).",
        'Expected to hear "press one" then. The caller hears "Press one", "music on hold".',
    ]
    assert problems(ends_at={"kind": "hangup"}) == [
        "Expected to end at a hang-up. It ends at extension Ann (connected with Ann)."
    ]
    assert "that is gone" in problems(ends_at={"kind": "queue", "id": UUID(int=99)})[0]


def test_a_phone_rings_once_for_each_place() -> None:
    one, other = ({"kind": "extension", "id": str(number)} for number in (1, 2))
    timeline = [
        {"what": what, "where": where}
        for what, where in (
            ("sent to", one), ("ringing", one), ("ringing", other), ("ringing", one), ("queue left", None),
            ("sent to", other), ("ringing", one), ("ringing", one), ("ended", None),
        )
    ]  # fmt: skip
    told = [(step["what"], step["where"]) for step in once_each(timeline)]
    assert told == [
        ("sent to", one), ("ringing", one), ("ringing", other), ("queue left", None), ("sent to", other),
        ("ringing", one), ("ended", None),
    ]  # fmt: skip
