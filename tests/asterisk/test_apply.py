"""What an apply loads, and only that; on a real Asterisk, read back from it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from controlplane.kit.ids import new_id
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
from controlplane.node.dialplan import read_listing
from controlplane.node.runtime import ensure_tree, run_cli
from controlplane.protocol.bundle import ApplyReport, ApplyState, Expectation
from controlplane.protocol.link import CommandKind, CommandResult
from tests.asterisk.lab_node import LabNode
from tests.asterisk.orders import order
from tests.node.stand_in import wait_until

pytestmark = pytest.mark.asterisk

Files = dict[str, str | bytes]

PHONE = (
    "[{0}]\ntype = auth\nauth_type = userpass\nusername = {0}\npassword = x\n"
    "[{0}]\ntype = aor\nmax_contacts = 3\n"
    "[{0}]\ntype = endpoint\nauth = {0}\naors = {0}\ncontext = did-1\ncallerid = {0} <1>\n"
)
NUMBERS = (
    "[did-1]\nexten => +12025550100,1,NoOp(a;b)\n same => n,Goto(ext-1,s,1)\nexten => +12025550101,1,Goto(ext-1,s,1)\n"
).replace(";", "\\;")
EXTENSION = (
    "[ext-1]\nexten => s,1,GotoIf($[1 = 2]?late)\n same => n,Hangup()\n same => n(late),Busy(5)\n"
    "exten => member,hint,PJSIP/d1\nexten => member,1,Dial(PJSIP/d1)\n"
)
QUEUE = "[{0}]\nstrategy = ringall\nmember => Local/member@ext-1,0,Desk,hint:member@ext-1\n"
BASE: Files = {
    "extensions/10-numbers.conf": NUMBERS,
    "extensions/20-more.conf": "[more]\nexten => 1,1,NoOp()\n",
    "extensions/40-extensions.conf": EXTENSION,
    "queues/q.conf": QUEUE.format("q-1") + QUEUE.format("q-2") + QUEUE.format("q-3"),
    "voicemail/v.conf": "[vm-1]\n301 => 1111,Box\n302 => 1111,Box\n",
    "devices/d.conf": PHONE.format("d1") + PHONE.format("d2"),
}


@pytest.fixture
def base(node: LabNode) -> Files:
    """In force at the beginning of each test."""
    assert apply(node, BASE).state == ApplyState.LIVE
    return dict(BASE)


def apply(node: LabNode, files: Files, **promised: int) -> ApplyReport:
    """Puts these files in force."""
    release_id = f"r-{new_id()}"
    named: Files = {"extensions/00-globals.conf": f"[globals]\nCP_RELEASE = {release_id}\n"}
    expect = Expectation(contexts=promised, devices=["d1"], queues=["q-1"])
    return node.control.apply(node.control.release(release_id, named | files, expect))


def edited(files: Files, path: str, old: str, new: str) -> Files:
    text = files[path]
    assert isinstance(text, str)
    assert old in text
    return {**files, path: text.replace(old, new)}


CHANGES = {
    "a line": ("10-numbers", "Goto(ext-1,s,1)\nexten", 'Set(CALLERID(name)="A, \\;B" \\\\ c)\nexten'),
    "a longer extension": ("10-numbers", "exten => +12025550101,1,", "exten => +12025550101,1,NoOp()\n same => n,"),
    "a shorter extension": ("10-numbers", " same => n,Goto(ext-1,s,1)\nexten", "exten"),
    "a new number": ("10-numbers", "exten => +12025550101", "exten => +12025550102,1,Hangup()\nexten => +12025550101"),
    "another pattern": ("10-numbers", "exten => +12025550101", "exten => _[+0-9*#]!"),
    "a hint": ("40-extensions", "hint,PJSIP/d1", "hint,PJSIP/d1&PJSIP/d2"),
    "a new context": ("20-more", "[more]", "[even-more]\nexten => s,1,NoOp(${CP_X:-3})\n[more]"),
    "a context that goes": ("20-more", "[more]\nexten => 1,1,NoOp()\n", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_single_lines_give_what_a_reload_gives(node: LabNode, base: Files, change: str) -> None:
    path, old, new = CHANGES[change]
    report = apply(node, edited(base, f"extensions/{path}.conf", old, new))
    assert (report.state, report.problems) == (ApplyState.LIVE, [])
    assert "dialplan reload" not in report.reloads
    by_line = read_listing(run_cli(node.layout, "dialplan show"))
    run_cli(node.layout, "dialplan reload")
    assert by_line == read_listing(run_cli(node.layout, "dialplan show"))


@pytest.mark.parametrize(
    ("old", "new"),
    [("Busy(5)", "Busy(6)"), ("[ext-1]", "[empty]\n[ext-1]"), ("[ext-1]", "[ext-1]\ninclude => more")],
    ids=["label", "empty context", "include"],
)
def test_what_no_single_line_can_do_is_reloaded_whole(node: LabNode, base: Files, old: str, new: str) -> None:
    report = apply(node, edited(base, "extensions/40-extensions.conf", old, new))
    assert (report.state, report.problems) == (ApplyState.LIVE, [])
    assert "dialplan reload" in report.reloads


def test_only_the_queues_that_changed_are_read_again(node: LabNode, base: Files) -> None:
    run_cli(node.layout, "queue add member PJSIP/d2 to q-3")  # an agent who logged in by phone
    changed = QUEUE.format("q-1").replace("ringall", "rrmemory") + QUEUE.format("q-3").replace("Desk", "Till")
    report = apply(node, {**base, "queues/q.conf": changed + QUEUE.format("q-4")})
    assert (report.state, report.problems) == (ApplyState.LIVE, [])
    assert [line for line in report.reloads if "queue" in line] == [f"queue reload q-{n}" for n in (1, 2, 3, 4)]
    shown = run_cli(node.layout, "queue show")
    assert "q-2" not in shown
    assert "Invalid" not in shown, "each member follows its hint"
    assert "'rrmemory'" in run_cli(node.layout, "queue show q-1")
    assert {"Till", "PJSIP/d2"} <= set(run_cli(node.layout, "queue show q-3").split())


def test_a_new_member_of_a_new_queue_is_seen_at_once(node: LabNode, base: Files) -> None:
    files = edited(base, "extensions/20-more.conf", "[more]", "[ext-2]\nexten => member,hint,PJSIP/d2\n[more]")
    report = apply(
        node, edited(files, "queues/q.conf", "[q-2]", QUEUE.format("q-9").replace("ext-1", "ext-2") + "[q-2]")
    )
    assert report.state == ApplyState.LIVE
    assert "dialplan reload" not in report.reloads
    assert "Invalid" not in run_cli(node.layout, "queue show q-9")


def test_a_promise_that_does_not_hold_takes_single_lines_back(node: LabNode, base: Files) -> None:
    before = read_listing(run_cli(node.layout, "dialplan show"))
    report = apply(node, edited(base, "extensions/10-numbers.conf", "NoOp(a", "NoOp(x"), **{"did-1": 9})
    assert (report.state, report.problems[0]) == (
        ApplyState.ROLLED_BACK, "Dialplan context did-1 has 3 lines in Asterisk, 9 were expected.",
    )  # fmt: skip
    assert read_listing(run_cli(node.layout, "dialplan show")) == before


def pin(node: LabNode, box: str) -> str:
    """The PIN that Asterisk asks for."""
    return run_cli(node.layout, f"dialplan eval function VM_INFO({box}@vm-1,password)").strip().rpartition("\n")[2]


def test_a_new_pin_wins_over_one_that_was_set_by_phone(node: LabNode, base: Files) -> None:
    for box in ("301", "302"):
        folder = node.layout.spool / "voicemail" / "vm-1" / box
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "secret.conf").write_text("[general]\npassword = 7777\n")
    run_cli(node.layout, "voicemail reload")
    assert ("7777" in pin(node, "301"), "7777" in pin(node, "302")) == (True, True)
    wanted = edited(base, "voicemail/v.conf", "301 => 1111", "301 => 2222")
    assert apply(node, wanted, nowhere=5).state == ApplyState.ROLLED_BACK
    assert "7777" in pin(node, "301"), "a release that was taken back took nobody's PIN"
    assert apply(node, wanted).state == ApplyState.LIVE
    assert ("2222" in pin(node, "301"), "7777" in pin(node, "302")) == (True, True)


def drift(node: LabNode, kind: CommandKind) -> list[str]:
    result: CommandResult = order(node, kind)
    assert result.ok, result.detail
    return [str(line) for line in result.data["drift"]]


def test_what_was_changed_by_hand_is_told_and_put_right(node: LabNode, base: Files) -> None:
    assert drift(node, CommandKind.CHECK_DRIFT) == []
    file = node.layout.current / "extensions" / "20-more.conf"
    file.write_text(file.read_text() + "; by hand\n")
    (node.layout.current / "queues" / "extra.conf").write_text("[q-hand]\n")
    run_cli(node.layout, "queue reload all")
    run_cli(node.layout, "dialplan add extension 9,1,NoOp(hand) into did-1")
    run_cli(node.layout, "database put ps_auths/auth d1 by-hand")
    run_cli(node.layout, "database del ps_endpoints/endpoint d2")
    found = drift(node, CommandKind.CHECK_DRIFT)
    told = "\n".join(found)
    assert f"by user {file.owner()}, outside of a release" in told
    for words in (
        "The file extensions/20-more.conf was changed at ", "The file queues/extra.conf was changed at ",
        "Dialplan line 9,1 of context did-1 is NoOp(hand) in Asterisk, missing was expected.",
        "Asterisk has a queue q-hand that the release does not know.",
        "The phone d1 has another auth in Asterisk than in the release.",
        "The phone d2 has another endpoint in Asterisk than in the release.",
    ):  # fmt: skip
        assert words in told
    assert len(found) == 6
    wait_until(lambda: node.control.heartbeats[-1].drift == found, "a heartbeat that says so")
    assert drift(node, CommandKind.RECONCILE) == []
    assert file.read_text() == BASE["extensions/20-more.conf"]
    wait_until(lambda: node.control.heartbeats[-1].drift == [], "a heartbeat that says so")


def test_an_asterisk_that_refuses_a_reload_keeps_what_it_had(node: LabNode, base: Files) -> None:
    before = read_listing(run_cli(node.layout, "dialplan show"))
    run_cli(node.layout, "module unload app_voicemail.so")
    wanted = edited(base, "voicemail/v.conf", "Box", "Boxes")
    report = apply(node, edited(wanted, "extensions/10-numbers.conf", "NoOp(a", "NoOp(x"))
    assert report.state == ApplyState.ROLLED_BACK
    assert report.problems[0].startswith("Asterisk did not take the release: ")
    assert "voicemail reload" in report.problems[0]
    assert read_listing(run_cli(node.layout, "dialplan show")) == before
    run_cli(node.layout, "module load app_voicemail.so")
    assert apply(node, wanted).state == ApplyState.LIVE


async def test_who_registered_with_an_old_password_is_out_with_it(node: LabNode, base: Files, tmp_path: Path) -> None:
    server = f"{node.layout.bind_address}:{node.layout.ports.sip}"
    tools = BaresipTools.from_tree(ensure_tree("phones", progress=print))
    async with AsyncExitStack() as stack:
        for name in ("d1", "d2"):
            phone = await stack.enter_async_context(Phone(tools, tmp_path / name, Account(name, server, "x")))
            await phone.register()
        registered = run_cli(node.layout, "pjsip show contacts")
        assert all(f"{name}/sip" in registered for name in ("d1", "d2"))
        changed = edited(base, "devices/d.conf", "username = d2\npassword = x", "username = d2\npassword = y")
        report = await asyncio.to_thread(apply, node, changed)
        assert (report.state, report.problems) == (ApplyState.LIVE, [])
        registered = run_cli(node.layout, "pjsip show contacts")
        assert ("d1/sip" in registered, "d2/sip" in registered) == (True, False)
