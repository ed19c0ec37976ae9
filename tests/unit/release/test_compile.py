from typing import Any

import pytest

from controlplane.kit.destination import Kind
from controlplane.release import names, numbers
from controlplane.release.compile import CompileError, compile_node
from controlplane.release.pbx_objects import Span

from .example import Builder, example, to, uid


def test_secrets_are_not_shown_by_repr() -> None:
    shown = repr(compile_node(example().configuration()))
    for secret in ("alice-desk-secret", "4711", "p;w"):
        assert secret not in shown


def test_order_of_reading_does_not_matter() -> None:
    builder = example()
    model = compile_node(builder.configuration())
    builder.objects.reverse()
    assert compile_node(builder.configuration()) == model


def test_an_extension_without_answer_goes_to_its_box_and_one_without_box_hangs_up() -> None:
    builder = example()
    builder.add(200, Kind.EXTENSION, number="300")
    extensions = {one.id: one for one in compile_node(builder.configuration()).extensions}
    assert extensions[uid(20)].no_answer.target == extensions[uid(20)].busy.target == f"box-{uid(50).hex},s,1"
    assert extensions[uid(200)].no_answer.target == "cp-hangup,s,1"


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({"days": ["tue", "mon"], "start": "09:00", "end": "17:30"}, Span("mon&tue", "09:00-17:29")),
        ({"days": ["sun"], "start": "00:00", "end": "00:00"}, Span("sun", "00:00-23:59")),
        ({"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "10:00", "end": "11:00"},
         Span("*", "10:00-10:59")),
    ],
)  # fmt: skip
def test_the_last_minute_is_the_one_before_closing(span: dict[str, Any], expected: Span) -> None:
    builder = Builder()
    builder.add(10, Kind.TIME_CONDITION, timezone="UTC", open=to("hangup"), closed=to("hangup"), open_hours=[span])
    assert compile_node(builder.configuration()).time_conditions[0].spans == (expected,)


def test_only_what_a_call_can_come_back_to_is_guarded() -> None:
    model = compile_node(example().configuration())
    assert [one.guard for one in model.ivr_menus] == [True]  # its key 9 leads to itself
    others = [*(one.guard for one in model.queues), *(one.guard for one in model.ring_groups),
              *(one.guard for one in model.time_conditions), *(one.guard for one in model.extensions)]  # fmt: skip
    assert others == [False] * 5


def test_an_outside_number_is_dialled_as_its_route_wants_it() -> None:
    model = compile_node(example().configuration())
    hop = model.ivr_menus[0].options[1].hop
    assert hop.target == f"out-{uid(1).hex},92125559999,1"
    builder = example()
    builder.objects = [one for one in builder.objects if one.id != uid(91)]
    assert compile_node(builder.configuration()).ivr_menus[0].options[1].hop.target.split(",")[1] == "+12125559999"
    builder.objects = [one for one in builder.objects if one.id != uid(92)]
    builder.add(93, Kind.OUTBOUND_ROUTE, pattern="1NXXNXXXXXX", trunk_ids=[uid(10)])
    assert compile_node(builder.configuration()).ivr_menus[0].options[1].hop.target.split(",")[1] == "12125559999"


def test_a_broken_configuration_is_refused() -> None:
    builder = Builder()
    builder.add(10, Kind.EXTENSION, number="201", no_answer=to("queue", uid(99)))
    with pytest.raises(CompileError, match="no queue"):
        compile_node(builder.configuration())


@pytest.mark.parametrize(
    ("country", "sent", "expected"),
    [
        ("US", "2125550100", "+12125550100"),
        ("US", "12125550100", "+12125550100"),
        ("US", "+12125550100", "+12125550100"),
        ("US", "011442071838750", "+442071838750"),
        ("US", "anonymous", "anonymous"),
        ("US", "", ""),
        ("GB", "02071838750", "+442071838750"),
        ("GB", "442071838750", "+442071838750"),
        ("GB", "0012125550100", "+12125550100"),
        ("FR", "0142685300", "+33142685300"),
    ],
)
def test_numbers_are_read_as_their_country_writes_them(country: str, sent: str, expected: str) -> None:
    """The patterns, matched as Asterisk does: the most particular of those that fit."""
    patterns = numbers.normal_patterns(numbers.shape_of(country))
    fitting = [(one, result) for one, result in patterns if numbers.fits(one[1:].replace("c", "", 1) or "!", sent)]
    best = min(fitting, key=lambda one: [("0123456789+".find(char) < 0, char == "!") for char in one[0][2:]] + [(1, 1)])
    skipped = best[1].partition("EXTEN:")[2].rstrip("}")
    assert best[1].partition("${")[0] + ("c" + sent)[int(skipped) :] == expected


def test_tables_are_cut_as_they_grow() -> None:
    assert [names.table_digits(count) for count in (0, 200, 201, 2000, 2001, 20_001)] == [0, 0, 1, 1, 2, 3]
    assert names.tables("did", "x", 0) == ["did-x"]
    assert names.tables("did", "x", 2)[7] == names.table_of("did", "x", 2, "+1207") == "did-x-07"


def test_patterns_for_direct_dialling_leave_plain_keys_alone() -> None:
    assert numbers.first_digits(["201", "202", "305", "4001"]) == ["_[23]XX", "_[4]XXX"]
