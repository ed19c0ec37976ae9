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
        "queues/Sales/recording.consent",
    }  # fmt: skip


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
