"""Members of queues on a real Asterisk: told as they change, paused by order, and paused still whatever happens."""

import pytest

from controlplane.node.runtime import run_cli
from controlplane.protocol.bundle import ApplyState, Expectation
from controlplane.protocol.link import CommandKind, CommandResult, ToldMember
from tests.asterisk.lab_node import LabNode
from tests.asterisk.orders import order
from tests.node.stand_in import wait_until

pytestmark = pytest.mark.asterisk

ADA, BEN = ("q-1", "ada"), ("q-1", "ben")


@pytest.fixture(scope="module", autouse=True)
def queue(node: LabNode) -> None:
    """A queue of two members without phones."""
    apply(node, "m1", members=("ada", "ben"))
    wait_until(lambda: set(node.control.members) == {ADA, BEN}, "word of both members")


def apply(node: LabNode, release_id: str, *, members: tuple[str, ...], retry: int = 5) -> None:
    lines = "".join(f"member => Local/{name}@people/n,0,{name}\n" for name in members)
    files: dict[str, str | bytes] = {
        "extensions/00-globals.conf": f"[globals]\nCP_RELEASE = {release_id}\n",
        "extensions/10-people.conf": "[people]\nexten => _X.,1,Hangup()\n",
        "queues/q.conf": f"[q-1]\nstrategy = ringall\nretry = {retry}\nwrapuptime = 7\n{lines}",
    }
    expect = Expectation(contexts={"people": 1}, queues=["q-1"])
    report = node.control.apply(node.control.release(release_id, files, expect))
    assert (report.state, report.problems) == (ApplyState.LIVE, [])


def pause(node: LabNode, member: str, reason: str, *, paused: bool = True) -> CommandResult:
    return order(node, CommandKind.PAUSE_MEMBER, queue="q-1", member=member, paused=paused, reason=reason)


def is_paused(node: LabNode, key: tuple[str, str], reason: str | None) -> bool:
    told: ToldMember | None = node.control.members.get(key)
    return told is not None and (told.reason if told.paused else None) == reason


def in_asterisk(node: LabNode) -> str:
    return run_cli(node.layout, "queue show q-1")


def test_a_member_is_paused_and_goes_on(node: LabNode) -> None:
    assert pause(node, "ada", "Lunch").ok
    wait_until(lambda: is_paused(node, ADA, "Lunch"), "word of the pause")
    assert is_paused(node, BEN, None)
    assert "paused:Lunch" in in_asterisk(node)
    assert pause(node, "ada", "", paused=False).ok
    wait_until(lambda: is_paused(node, ADA, None), "word of its end")
    assert "paused" not in in_asterisk(node)


def test_who_is_no_member_is_refused(node: LabNode) -> None:
    for queue, member in (("q-1", "zoe"), ("q-2", "ada")):
        result = order(node, CommandKind.PAUSE_MEMBER, queue=queue, member=member, paused=True, reason="Lunch")
        assert (result.ok, result.detail) == (False, "Asterisk does not know this member of the queue.")
    for bad in ("a\r\nAction: Originate", "x" * 41):
        assert not pause(node, "ada", bad).ok


def test_a_pause_outlives_a_release(node: LabNode) -> None:
    assert pause(node, "ada", "logged-out").ok
    apply(node, "m2", members=("ada", "ben", "cid"), retry=3)
    wait_until(lambda: is_paused(node, ("q-1", "cid"), None), "word of the new member")
    assert is_paused(node, ADA, "logged-out"), (node.control.members[ADA], in_asterisk(node))
    assert in_asterisk(node).count("(paused") == 1


@pytest.mark.parametrize("noded_too", [False, True])
def test_a_pause_outlives_a_restart(node: LabNode, noded_too: bool) -> None:
    assert pause(node, "ada", "logged-out").ok
    wait_until(lambda: is_paused(node, ADA, "logged-out"), "word of the pause")
    if noded_too:
        node.kill_noded()
    node.kill_asterisk()
    node.start_asterisk()
    if noded_too:
        node.start_noded()
    wait_until(lambda: "paused:logged-out" in in_asterisk(node), "the pause, again")
    wait_until(lambda: is_paused(node, ADA, "logged-out") and is_paused(node, BEN, None), "word of it")
