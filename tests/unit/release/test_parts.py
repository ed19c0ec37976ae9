"""What each node gets of an organisation, and how calls leave for the others."""

from pathlib import Path
from uuid import UUID

import pytest

from controlplane.identity.schemas import LocationInfo
from controlplane.kit.destination import Kind
from controlplane.platform.settings import REPOSITORY
from controlplane.release.build import examine, make
from controlplane.release.compile import compile_node
from controlplane.release.dialing import numbers_to_choose
from controlplane.release.model import PbxModel
from controlplane.release.parts import Placement, merge, split
from controlplane.release.render import RenderedRelease, render
from tests.unit.release.example import STORE, Builder, example, to, uid

TEMPLATES: Path = REPOSITORY / "dialplan_templates"
FAR = uid(3)


def placement(**homes: str) -> Placement:
    """The home node is node1; passwords tell who calls whom."""
    locations: dict[UUID, str] = {STORE: "node1", FAR: homes.get("far", "node2")}
    addresses = {"node1": ("192.0.2.1", 5060), "node2": ("192.0.2.2", 5070)}
    return Placement("node1", locations, addresses, lambda caller, called: f"{caller}-calls-{called}")


@pytest.fixture
def shop() -> Builder:
    """The example with a second location: a phone there, a queue with members at both, a group, a box, a route."""
    made = example()
    made.locations[FAR] = LocationInfo(FAR, made.org, "Far", "Europe/Berlin", "node2")
    box = made.add(0x71, Kind.VOICEMAIL_BOX, {"pin": "9911"}, name="Far box", number="990", location_id=FAR)
    far = made.add(0x72, Kind.EXTENSION, name="Far", number="290", location_id=FAR, voicemail_box_id=box)
    made.add(0x73, Kind.DEVICE, {"secret": "far-phone-secret"}, name="far-phone", extension_id=far)
    members = [{"extension_id": far}, {"extension_id": uid(21)}]
    made.add(0x74, Kind.QUEUE, name="Both", number="690", members=members, overflow=to("voicemail", box))
    made.add(0x75, Kind.RING_GROUP, name="Mixed", number="691", extension_ids=[far, uid(21)],
             no_answer=to("queue", uid(0x74)), location_id=FAR)  # fmt: skip
    return made


def parts_of(made: Builder) -> dict[str, PbxModel]:
    return split(compile_node(made.configuration()), placement())


def rendered(part: PbxModel) -> RenderedRelease:
    return render(part, "r1", TEMPLATES)


def text(made: RenderedRelease) -> str:
    return "\n".join(file.content.decode() for file in made.files.values())


def test_on_one_node_the_part_is_the_model_itself(shop: Builder) -> None:
    whole = compile_node(shop.configuration())
    assert split(whole, placement(far="node1")) == {"node1": whole}
    assert split(whole, placement(far="node1"))["node1"] is whole


def test_each_node_has_its_own_phones_boxes_and_secrets_and_no_others(shop: Builder) -> None:
    parts = parts_of(shop)
    here, there = (rendered(parts[node]) for node in ("node1", "node2"))
    assert "far-phone" in there.expect.devices
    assert not {"far-phone"} & set(here.expect.devices)
    assert here.expect.devices
    assert set(there.expect.devices) == {"far-phone"}
    for secret, own, other in (("far-phone-secret", there, here), ("alice-desk-secret", here, there)):
        assert secret in text(own)
        assert secret not in text(other)
    assert "9911" not in text(here)
    assert "4711" not in text(there)
    assert there.expect.queues == []


def test_every_context_that_a_call_is_sent_to_is_on_that_node(shop: Builder) -> None:
    for part in parts_of(shop).values():
        made = rendered(part)
        contexts = set(made.expect.contexts)
        hops = [one.no_answer for one in part.extensions if not one.away]
        hops += [one.no_answer for one in part.ring_groups if not one.away]
        hops += [one.overflow for one in part.queues if not one.away]
        assert {hop.target.split(",")[0] for hop in hops} <= contexts


def test_where_a_call_came_from_is_told_with_its_first_step_on_the_node_where_it_came(shop: Builder) -> None:
    far = shop.add(0x76, Kind.TIME_CONDITION, name="Far hours", location_id=FAR, open=to("hangup"), closed=to("hangup"))
    there, here, straight, recorded = (f"+1212555017{digit}" for digit in range(1, 5))
    for id_, number, destination in (
        (0x77, there, to("time_condition", far)),
        (0x78, here, to("time_condition", uid(71))),
        (0x79, straight, to("extension", uid(0x72))),
    ):
        shop.add(id_, Kind.PHONE_NUMBER, number=number, destination=destination)
    shop.add(
        0x7A, Kind.PHONE_NUMBER, number=recorded, destination=to("extension", uid(21)), recording={"enabled": True}
    )
    table = rendered(parts_of(shop)["node1"]).files[f"extensions/20-dids-{shop.org.hex}.conf"].content.decode()
    first = {
        number: table.partition(f"exten => {number},1,")[2].partition("\n")[0] for number in (there, here, straight)
    }
    assert first[there].startswith(f"CELGenUserEvent(CP_INBOUND,did={uid(0x77)}|")
    assert first[here].startswith(f"GotoIf(${{SET(CP_ARRIVED=|did={uid(0x78)}|trunk=")
    assert first[here].endswith(f")}}?hrs-{uid(71).hex},s,1)")
    assert first[straight].startswith(
        f"CELGenUserEvent(CP_AT,kind=extension|id={uid(0x72)}|why=number|did={uid(0x79)}|"
    )
    assert table.partition(f"exten => {recorded},1,")[2].startswith(f"CELGenUserEvent(CP_INBOUND,did={uid(0x7A)}|")


def test_a_phone_may_show_the_numbers_that_its_node_knows(shop: Builder) -> None:
    shop.add(0x76, Kind.PHONE_NUMBER, number="+12125550176", location_id=FAR, destination=to("hangup"))
    shop.add(0x77, Kind.TRUNK, name="Far carrier", identity="ip", host="192.0.2.9", location_id=FAR)
    shop.add(0x78, Kind.PHONE_NUMBER, number="+12125550178", trunk_id=uid(0x77), destination=to("hangup"))
    compiled = make(examine(shop.configuration()))
    parts = split(compiled.model, placement())
    for name, node, place in (
        ("alice-desk", "node1", STORE.hex),
        ("bob.phone", "node1", ""),
        ("far-phone", "node2", FAR.hex),
    ):
        phone = next(one for one in compiled.model.devices if one.endpoint == name)
        choices = {one.number for one in numbers_to_choose(compiled, phone)}
        table = rendered(parts[node]).files[f"extensions/20-dids-{shop.org.hex}.conf"].content.decode()
        known = (one.number for one in compiled.model.phone_numbers)
        assert choices == {one for one in known if f"at{place}{one},1," in table or f"at{one},1," in table}
    assert choices == {"+12125550176", "+12125550178"}


def test_a_pass_is_where_the_other_node_sends_its_calls(shop: Builder) -> None:
    parts = parts_of(shop)
    tag = shop.org.hex
    for node, other in (("node1", "node2"), ("node2", "node1")):
        keys = {one.key for one in parts[other].passes}
        sent = {word for word in text(rendered(parts[node])).replace("@", ",").replace("(", ",").split(",")
                if word.removeprefix("PJSIP/").startswith(tag) and len(word.removeprefix("PJSIP/")) == 67}  # fmt: skip
        assert sent
        assert {word.removeprefix("PJSIP/").removeprefix(tag) for word in sent} <= keys


def test_the_two_ends_of_a_link_know_each_other_s_password(shop: Builder) -> None:
    parts = parts_of(shop)
    [there], [here] = parts["node1"].peers, parts["node2"].peers
    assert (there.endpoint, there.own) == (here.own, here.endpoint) == ("trunk-node-node2", "trunk-node-node1")
    assert (there.login, there.password) == (here.password, here.login) == ("node1-calls-node2", "node2-calls-node1")
    assert (there.host, there.port) == ("192.0.2.2", 5070)
    assert "node1-calls-node2" not in repr(parts["node1"])


def test_two_organizations_share_the_link_and_nothing_else(shop: Builder) -> None:
    other = Builder(org=uid(0x501), name="Other")
    other.locations = {
        uid(0x502): LocationInfo(uid(0x502), other.org, "Here", "UTC", "node1"),
        uid(0x503): LocationInfo(uid(0x503), other.org, "There", "UTC", "node2"),
    }
    other.add(0x510, Kind.EXTENSION, name="Guest", number="201", location_id=uid(0x503))
    homes = Placement("node1", {uid(0x502): "node1", uid(0x503): "node2"}, placement().addresses, placement().secret)
    theirs = split(compile_node(other.configuration()), homes)
    merged = merge("node2", [parts_of(shop)["node2"], theirs["node2"]])
    [peer] = merged.peers
    assert [id_ for id_, _, _ in peer.organizations] == [shop.org, other.org]
    dialplan = rendered(merged).files["extensions/05-nodes.conf"].content.decode()
    assert dialplan.count("[xp-node1]") == 1
    for org in (shop.org, other.org):
        assert f"exten => _{org.hex}[a-z][a-z][a-z]!,1," in dialplan
    assert "Guest" not in rendered(merged).files[f"extensions/15-passes-{shop.org.hex}.conf"].content.decode()
