import re
from dataclasses import replace
from typing import Any

import pytest

from controlplane.kit.destination import Kind
from controlplane.release.checks import check
from controlplane.release.schemas import ProblemRead

from .example import STORE, Builder, example, to, uid


def found(builder: Builder) -> dict[str, ProblemRead]:
    return {problem.slug: problem for problem in check(builder.configuration())}


def menu(builder: Builder, key: int, **fields: Any) -> None:
    builder.sound("Press 1.", "a")
    defaults: dict[str, Any] = {
        "number": str(key), "prompt": {"text": "Press 1."}, "options": [{"digit": "1", "destination": to("hangup")}],
        "on_timeout": to("hangup"), "on_invalid": to("hangup"),
    }  # fmt: skip
    builder.add(key, Kind.IVR_MENU, name=f"Menu {key}", **(defaults | fields))


def test_the_example_has_no_problem() -> None:
    assert check(example().configuration()) == []


def test_a_dangling_reference_is_named_by_its_path() -> None:
    builder = Builder()
    menu(builder, 10, options=[{"digit": "1", "destination": to("hangup")},
                               {"digit": "2", "destination": to("queue", uid(99))}])  # fmt: skip
    problem = found(builder)["dangling-reference"]
    assert (problem.severity, problem.path, problem.id) == (
        "error",
        "ivr_menus/Menu 10/options.1.destination.id",
        uid(10),
    )
    assert problem.message == "Ivr menu Menu 10: names a queue that is not there."


def test_a_reference_to_another_kind_dangles() -> None:
    builder = example()
    builder.add(200, Kind.RING_GROUP, number="620", extension_ids=[uid(40)], no_answer=to("hangup"))
    assert found(builder)["dangling-reference"].path == "ring_groups/ring_group 200/extension_ids.0"


def test_another_organisations_object_is_not_there() -> None:
    ours, theirs = example(), Builder(org=uid(500))
    theirs.add(501, Kind.EXTENSION, number="300", no_answer=to("queue", uid(40)))
    ours.objects += theirs.objects
    ours.organizations |= theirs.organizations
    assert found(ours)["dangling-reference"].id == uid(501)


@pytest.mark.parametrize("way", ["on_timeout", "on_invalid"])
def test_menus_that_time_out_in_a_circle_are_an_error(way: str) -> None:
    builder = Builder()
    menu(builder, 10, **{way: to("ivr_menu", uid(11))})
    menu(builder, 11, on_timeout=to("ivr_menu", uid(10)))
    problem = found(builder)["loop"]
    assert problem.severity == "error"
    assert problem.path == f"ivr_menus/Menu 10/{way}"
    assert "ivr menu Menu 10 → ivr menu Menu 11 → ivr menu Menu 10" in problem.message


def test_a_circle_through_hours_group_extension_and_queue_is_an_error() -> None:
    builder = Builder()
    builder.add(10, Kind.TIME_CONDITION, timezone="UTC", open=to("ring_group", uid(11)), closed=to("hangup"))
    builder.add(11, Kind.RING_GROUP, extension_ids=[uid(12)], no_answer=to("extension", uid(12)))
    builder.add(12, Kind.EXTENSION, number="201", busy=to("queue", uid(13)), no_answer=to("hangup"))
    builder.add(13, Kind.QUEUE, members=[{"extension_id": uid(12)}], overflow=to("time_condition", uid(10)))
    assert found(builder)["loop"].path == "time_conditions/time_condition 10/open"


def test_a_circle_that_needs_a_key_is_none() -> None:
    builder = Builder()
    menu(builder, 10, options=[{"digit": "1", "destination": to("ivr_menu", uid(10))}])
    assert "loop" not in found(builder)


def test_each_circle_is_told_once() -> None:
    builder = Builder()
    for key in range(10, 14):
        menu(builder, key, on_timeout=to("ivr_menu", uid(key ^ 1)))
    loops = [problem for problem in check(builder.configuration()) if problem.slug == "loop"]
    assert [problem.id for problem in loops] == [uid(10), uid(12)]


def test_a_disabled_destination_is_a_dead_end() -> None:
    builder = Builder()
    builder.add(12, Kind.EXTENSION, name="Away", number="201", enabled=False)
    menu(builder, 10, on_timeout=to("extension", uid(12)))
    assert found(builder)["dead-end"].message == "Ivr menu Menu 10: leads to extension Away, which is disabled."


def test_a_prompt_without_sound_is_an_error() -> None:
    builder = example()
    builder.sounds.clear()
    paths = {problem.path for problem in check(builder.configuration()) if problem.slug == "sound-missing"}
    assert paths == {
        "ivr_menus/Main menu/prompt", "ivr_menus/Main menu/invalid_prompt", "queues/Sales/whisper",
        "queues/Sales/recording.consent", "time_conditions/Opening hours/holiday",
    }  # fmt: skip


def test_an_announcement_without_sound_is_no_destination() -> None:
    """It is left out of the dialplan, so whoever leads there must say so: also when its text is still being spoken."""
    builder = Builder()
    builder.add(30, Kind.PROMPT, name="Closed", text="We are closed.")
    menu(builder, 10, on_timeout=to("announcement", uid(30)))
    problem = found(builder)["sound-missing"]
    assert problem.path == "ivr_menus/Menu 10/on_timeout"
    assert problem.message == "Ivr menu Menu 10: leads to prompt Closed, which has no sound yet."


def test_numbers_are_used_once() -> None:
    builder = example()
    builder.add(200, Kind.EXTENSION, number="600", voicemail_box_id=uid(50))
    builder.add(201, Kind.PHONE_NUMBER, number="+12125550100", destination=to("hangup"))
    builder.add(202, Kind.VOICEMAIL_BOX, {"pin": "1234"}, number="900")
    twice = {problem.path for problem in check(builder.configuration()) if problem.slug == "duplicate-number"}
    assert twice == {
        "extensions/extension 200/number", "phone_numbers/phone_number 201/number",
        "voicemail_boxes/voicemail_box 202/number",
    }  # fmt: skip


def test_a_queue_needs_members() -> None:
    builder = Builder()
    builder.add(10, Kind.QUEUE, number="600", overflow=to("hangup"))
    assert found(builder)["queue-without-members"].severity == "error"


def test_members_who_never_ring_are_odd() -> None:
    builder = Builder()
    builder.add(12, Kind.EXTENSION, name="Off", number="201", enabled=False)
    builder.add(13, Kind.EXTENSION, name="Bare", number="202", no_answer=to("hangup"))
    builder.add(10, Kind.QUEUE, number="600", overflow=to("hangup"),
                members=[{"extension_id": uid(12)}, {"extension_id": uid(13)}])  # fmt: skip
    problems = found(builder)
    assert problems["member-disabled"].path == "queues/queue 10/members.0"
    assert problems["member-without-device"].path == "queues/queue 10/members.1"
    assert {one.severity for one in problems.values()} == {"warning"}


def test_a_time_zone_that_is_not_there_is_an_error() -> None:
    builder = example()
    builder.locations = {STORE: replace(builder.locations[STORE], timezone="America/Nowhere")}
    problem = found(builder)["unknown-timezone"]
    assert (problem.severity, problem.path) == ("error", "time_conditions/Opening hours/location_id")


def test_overlapping_hours_are_odd() -> None:
    builder = Builder()
    builder.add(
        10, Kind.TIME_CONDITION, timezone="UTC", open=to("hangup"), closed=to("hangup"),
        open_hours=[{"days": ["mon", "tue"], "start": "09:00", "end": "12:00"},
                    {"days": ["tue", "wed"], "start": "11:59", "end": "00:00"},
                    {"days": ["mon"], "start": "12:00", "end": "13:00"}],
    )  # fmt: skip
    assert found(builder)["spans-overlap"].path == "time_conditions/time_condition 10/open_hours.1"


def test_an_outside_number_needs_a_route() -> None:
    builder = example()
    builder.add(200, Kind.RING_GROUP, number="620", extension_ids=[uid(20)],
                no_answer=to("external_number", number="+5511912345678"))  # fmt: skip
    assert "no-route-for-number" not in found(builder)
    builder.objects = [one for one in builder.objects if one.id != uid(92)]  # the route +X.
    assert found(builder)["no-route-for-number"].path == "ring_groups/ring_group 200/no_answer"


def test_help_can_be_called() -> None:
    builder = example()
    builder.objects = [one for one in builder.objects if one.id != uid(90)]
    problem = found(builder)["no-emergency-route"]
    assert (problem.severity, problem.path) == ("warning", "outbound_routes")


def test_a_route_behind_its_like_and_a_number_without_trunk() -> None:
    builder = example()
    builder.add(200, Kind.OUTBOUND_ROUTE, pattern="9NXXNXXXXXX", position=50, trunk_ids=[uid(11)])
    builder.add(201, Kind.TRUNK, identity="ip", host="192.0.2.9", enabled=False)
    builder.add(202, Kind.PHONE_NUMBER, number="+12125550111", destination=to("hangup"), trunk_id=uid(201))
    builder.add(203, Kind.OUTBOUND_ROUTE, pattern="8X.", trunk_ids=[uid(201)])
    problems = found(builder)
    assert problems["route-hidden"].id == uid(200)
    assert problems["number-without-trunk"].id == uid(202)
    assert problems["route-without-trunk"].id == uid(203)


def test_what_nobody_reaches_and_who_has_nothing() -> None:
    builder = Builder()
    builder.add(10, Kind.VOICEMAIL_BOX, {"pin": "1234"}, number="900")
    builder.add(11, Kind.EXTENSION, number="201")
    builder.add(12, Kind.EXTENSION, number="202", enabled=False)
    builder.add(13, Kind.DEVICE, {"secret": "x" * 12}, name="phone", extension_id=uid(12))
    problems = found(builder)
    assert problems["unreached"].id == uid(10)
    assert problems["extension-leads-nowhere"].id == uid(11)
    assert problems["extension-disabled"].id == uid(13)


def test_missing_secrets_are_errors() -> None:
    builder = example()
    builder.add(200, Kind.DEVICE, name="phone", extension_id=uid(20))
    assert found(builder)["secret-missing"].path == "devices/phone/secret"


def test_a_ring_group_has_an_end() -> None:
    builder = Builder()
    ids = [builder.add(key, Kind.EXTENSION, number=str(key), no_answer=to("hangup")) for key in range(1000, 1100)]
    for key in range(2000, 2200):
        builder.add(key, Kind.DEVICE, {"secret": "x" * 12}, name=f"{'a' * 36}{key}", extension_id=ids[key % 100])
    builder.add(10, Kind.RING_GROUP, number="620", extension_ids=ids, no_answer=to("hangup"))
    assert found(builder)["ring-group-too-large"].severity == "error"


def test_every_problem_is_a_sentence_with_a_path() -> None:
    builder = example()
    builder.sounds.clear()
    builder.add(10_000, Kind.QUEUE, number="600", overflow=to("voicemail", uid(99)))
    for problem in check(builder.configuration()):
        assert re.fullmatch(r"[A-Z].*\.", problem.message)
        assert re.fullmatch(r"[a-z_]+/[^/]+/[a-z_.0-9]+", problem.path)
        assert problem.severity != "error" or problem.hint


def hours(builder: Builder, *spans: tuple[str, str, str]) -> None:
    """Hours from spans like ``("mon fri", "09:00", "12:00")``."""
    opened = [{"days": days.split(), "start": start, "end": end} for days, start, end in spans]
    builder.add(73, Kind.TIME_CONDITION, timezone="Europe/Berlin", open_hours=opened, open=to("hangup"),
                closed=to("hangup"))  # fmt: skip


def test_a_minute_between_two_spans_is_a_slip_and_a_lunch_break_is_none() -> None:
    builder = Builder()
    hours(builder, ("mon", "09:00", "11:59"), ("mon", "12:00", "17:00"), ("tue", "09:00", "12:00"),
          ("tue", "13:00", "17:00"))  # fmt: skip
    problem = found(builder)["hours-gap"]
    assert problem.path.endswith("open_hours.1")
    assert "closed for 1 min on mon, from 11:59 to 12:00" in problem.message


def test_a_slip_over_midnight_and_over_the_end_of_the_week_is_seen() -> None:
    builder = Builder()
    hours(builder, ("sun", "20:00", "23:59"), ("mon", "00:00", "03:00"))
    assert "on sun, from 23:59 to 00:00" in found(builder)["hours-gap"].message


def test_hours_that_never_open_or_never_close_are_odd() -> None:
    never, always = Builder(), Builder()
    hours(never)
    hours(always, ("mon tue wed thu fri sat sun", "00:00", "00:00"))
    assert found(never)["never-open"].severity == "warning"
    assert found(always)["always-open"].path.endswith("/closed")
    assert "hours-gap" not in found(always)


@pytest.mark.parametrize(
    ("first", "later", "hidden"),
    [
        ("X.", "911", True), ("9NXXXXXX", "9555XXXX", True), ("+X.", "+1NXXNXXXXXX", True), ("9X!", "9X", True),
        ("911", "X.", False), ("9NXXXXXX", "91XXXXXX", False), ("X.", "9", False), ("9[1-3]X", "92X", True),
    ],
)  # fmt: skip
def test_a_route_is_hidden_by_one_that_takes_all_its_numbers(first: str, later: str, hidden: bool) -> None:
    builder = Builder()
    builder.add(10, Kind.TRUNK, identity="ip", host="192.0.2.1")
    builder.add(90, Kind.OUTBOUND_ROUTE, name="First", position=1, pattern=first, trunk_ids=[uid(10)])
    builder.add(91, Kind.OUTBOUND_ROUTE, name="Later", position=2, pattern=later, trunk_ids=[uid(10)])
    assert ("route-hidden" in found(builder)) is hidden


def test_a_desk_must_not_have_the_number_of_an_emergency_route() -> None:
    builder = example()
    builder.add(200, Kind.EXTENSION, number="911", no_answer=to("hangup"))
    problem = found(builder)["emergency-hidden"]
    assert (problem.severity, problem.id) == ("error", uid(200))


def test_an_emergency_route_without_an_enabled_trunk_carries_nothing() -> None:
    builder = example()
    builder.objects = [
        replace(one, fields=one.fields.model_copy(update={"enabled": False})) if one.fields.kind == Kind.TRUNK else one
        for one in builder.objects
    ]
    assert {"no-emergency-route", "route-without-trunk"} <= found(builder).keys()


@pytest.mark.parametrize(
    ("identities", "sources", "clash"),
    [
        (("ip", "ip"), ("192.0.2.0/28", "192.0.2.7"), True),
        (("registration", "ip"), ("192.0.2.7", "192.0.2.7"), True),
        (("registration", "registration"), ("192.0.2.7", "192.0.2.7"), False),
        (("ip", "ip"), ("192.0.2.0/28", "192.0.2.16"), False),
    ],
)
def test_two_trunks_must_not_have_the_same_sources(
    identities: tuple[str, str], sources: tuple[str, str], clash: bool
) -> None:
    builder = Builder()
    for key, identity, source in zip((10, 11), identities, sources, strict=True):
        builder.add(key, Kind.TRUNK, identity=identity, host="sip.a.example", username="acme",
                    source_networks=[source])  # fmt: skip
    assert ("same-source" in found(builder)) is clash


def test_who_is_not_answered_gets_somewhere() -> None:
    builder = Builder()
    line = builder.add(20, Kind.EXTENSION, number="201")
    builder.add(30, Kind.DEVICE, {"secret": "s" * 12}, name="desk-201", extension_id=line)
    assert "no-fallback" not in found(builder), "colleagues hear that nobody is there"
    builder.add(80, Kind.PHONE_NUMBER, number="+12125550100", destination=to("extension", line))
    assert found(builder)["no-fallback"].path.endswith("/no_answer")
    queue = Builder()
    line = queue.add(20, Kind.EXTENSION, number="201")
    queue.add(40, Kind.QUEUE, number="600", members=[{"extension_id": line}], overflow=to("hangup"))
    assert found(queue)["no-fallback"].path.endswith("/overflow")


@pytest.mark.parametrize(("join_empty", "said"), [(True, "callers wait 90 s for nobody"), (False, "nobody can answer")])
def test_a_queue_whose_members_have_no_phones_is_odd(join_empty: bool, said: str) -> None:
    builder = Builder()
    line = builder.add(20, Kind.EXTENSION, number="201")
    builder.add(40, Kind.QUEUE, number="600", members=[{"extension_id": line}], max_wait_s=90, join_empty=join_empty,
                overflow=to("extension", line))  # fmt: skip
    assert said in found(builder)["queue-of-silent-members"].message
