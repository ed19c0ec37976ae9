"""noded beside a real Asterisk: applies, takes back, watches, and loses nothing."""

import asyncio
import csv
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest

from controlplane.kit.ids import new_id
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
from controlplane.node.runtime import ensure_tree, run_cli
from controlplane.protocol.bundle import ApplyState, Expectation
from controlplane.protocol.facts import FactKind
from controlplane.protocol.link import CommandKind
from tests.asterisk.lab_node import LabNode
from tests.asterisk.orders import order
from tests.node.stand_in import wait_until

pytestmark = pytest.mark.asterisk

Files = dict[str, str | bytes]


def device(name: str, *, caller_id: str = "", password: str = "secret") -> str:
    return (
        f"[{name}]\ntype = auth\nauth_type = userpass\nusername = {name}\npassword = {password}\n"
        f"[{name}]\ntype = aor\nmax_contacts = 3\nremove_existing = yes\n"
        f"[{name}]\ntype = endpoint\nauth = {name}\naors = {name}\ncontext = phones\ndisallow = all\nallow = ulaw\n"
        f"callerid = {caller_id or name} <{name}>\n"
    )


def pbx(release_id: str, devices: dict[str, str], dialplan: str = "") -> tuple[Files, Expectation]:
    """A small PBX: two extensions, one queue, one box, these devices."""
    files: Files = {
        "extensions/00-globals.conf": f"[globals]\nCP_RELEASE = {release_id}\n",
        "extensions/10-phones.conf": "[phones]\nexten => 200,1,Answer()\n same => n,Wait(1)\n same => n,Hangup()\n"
        "exten => 201,1,Answer()\n same => n,Queue(q-1,,,,2)\n same => n,Hangup()\n"
        "exten => 202,1,Answer()\n same => n,Wait(30)\n same => n,Hangup()\n"
        "exten => 301,1,Answer()\n same => n,VoiceMail(301@vm-1,s)\n same => n,Hangup()\n"
        "[talk]\nexten => 1,1,Answer()\n same => n,Playback(demo-congrats)\n same => n,Hangup()\n" + dialplan,
        "queues/q.conf": "[q-1]\nstrategy = ringall\nmember => PJSIP/d1\n",
        "voicemail/v.conf": "[vm-1]\n301 => 1234,Box\n302 => 1234,Other box\n",
        "prompts/0123456789abcdef.wav": b"RIFF-not-really",
        "sourcemap.json": f'{{"release":"{release_id}"}}',
    }
    files |= {f"devices/{name}.conf": text for name, text in devices.items()}
    expect = Expectation(contexts={"phones": 12, "talk": 3}, devices=sorted(devices), queues=["q-1"])
    return files, expect


@pytest.fixture
def live(node: LabNode) -> dict[str, str]:
    """Three phones in force; gives their files by name."""
    devices = {name: device(name) for name in ("d1", "d2", "d3")}
    release_id = f"base-{new_id()}"
    report = node.control.apply(node.control.release(release_id, *pbx(release_id, devices)))
    assert (report.state, report.problems) == (ApplyState.LIVE, [])
    return devices


def call(node: LabNode, exten: str, context: str = "phones") -> str:
    """Starts a call without a phone; gives its linkedid."""
    result = order(node, CommandKind.ORIGINATE, to="Local/1@talk/n", context=context, exten=exten, caller_number="100")
    assert result.ok, result.detail
    return str(result.data["linkedid"])


def cel_rows(node: LabNode) -> list[tuple[str, ...]]:
    with node.layout.cel_file.open(newline="") as file:
        return [tuple(row) for row in csv.reader(file)]


def in_force(node: LabNode) -> str:
    """The release that Asterisk's dialplan names."""
    lines = run_cli(node.layout, "dialplan show globals").splitlines()
    return next((line.strip().partition("=")[2] for line in lines if "CP_RELEASE=" in line), "")


def test_a_release_comes_into_force_and_one_phone_changes_without_a_reload(node: LabNode) -> None:
    devices = {f"d{number}": device(f"d{number}") for number in range(30)}
    report = node.control.apply(node.control.release("r1", *pbx("r1", devices)))
    assert (report.state, report.problems) == (ApplyState.LIVE, [])
    assert node.layout.current.readlink().name == report.digest
    assert "CP_RELEASE=r1" in run_cli(node.layout, "dialplan show globals")
    assert (node.layout.prompts / "0123456789abcdef.wav").read_bytes() == b"RIFF-not-really"

    log_before = node.layout.messages_log.stat().st_size
    asked = len(node.control.blob_requests)
    changed = devices | {"d5": device("d5", caller_id="New Name")}
    report = node.control.apply(node.control.release("r2", *pbx("r2", changed)))
    assert (report.state, report.problems) == (ApplyState.LIVE, [])
    assert report.reloads == ["push endpoint d5", "set CP_RELEASE"]
    assert sum(map(len, node.control.blob_requests[asked:])) == 3, "globals, source map and one device were fetched"
    assert node.layout.messages_log.read_bytes()[log_before:].count(b"eload") == 0
    assert "New Name" in run_cli(node.layout, "pjsip show endpoint d5")


async def test_a_phone_stays_registered_through_its_change_and_is_forgotten_with_its_removal(
    node: LabNode, live: dict[str, str], tmp_path: Path
) -> None:
    tools = BaresipTools.from_tree(await asyncio.to_thread(ensure_tree, "phones", progress=print))
    server = f"{node.layout.bind_address}:{node.layout.ports.sip}"
    async with Phone(tools, tmp_path / "phone", Account("d2", server, "secret")) as phone:
        await phone.register()

        def registered(event: str) -> list[object]:
            return [fact for fact in node.control.node_facts(event) if fact.payload["device"] == "d2"]

        await asyncio.to_thread(wait_until, lambda: registered("device_registered"), "the registration fact")
        await asyncio.to_thread(
            wait_until,
            lambda: any("d2" in (b.registered_devices or []) for b in node.control.heartbeats),
            "a heartbeat",
        )
        changed = live | {"d2": device("d2", caller_id="Renamed")}
        report = await asyncio.to_thread(node.control.apply, node.control.release("c1", *pbx("c1", changed)))
        assert report.state == ApplyState.LIVE
        assert "d2/sip:" in run_cli(node.layout, "pjsip show contacts"), "still registered"

        without = {name: text for name, text in live.items() if name != "d2"}
        report = await asyncio.to_thread(node.control.apply, node.control.release("c2", *pbx("c2", without)))
        assert report.state == ApplyState.LIVE
        assert report.reloads[-3:] == ["delete endpoint d2", "delete aor d2", "delete auth d2"]
        assert "d2/sip:" not in run_cli(node.layout, "pjsip show contacts")
        assert "Unable to find" in run_cli(node.layout, "pjsip show endpoint d2")
        await asyncio.to_thread(wait_until, lambda: registered("device_unregistered"), "the fact of its end")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("dialplan", "Dialplan context broken has 0 lines in Asterisk, 7 were expected."),
        ("device", "Asterisk does not know phone d1, or can't read its settings."),
        ("queue", "Asterisk does not know queue q-nowhere."),
        ("parser", "Asterisk complains: "),
    ],
)
def test_a_release_that_does_not_hold_is_taken_back(node: LabNode, live: dict[str, str], fault: str, said: str) -> None:
    before, digest_before = in_force(node), node.layout.current.readlink()
    devices = dict(live)
    if fault == "device":
        devices["d1"] += "dtmf_mode = by-pigeon\n"
    devices["d9"] = device("d9")
    files, expect = pbx("bad", devices, dialplan="[extra]\nexten => 1,1,NoOp()\n")
    if fault == "dialplan":
        expect = expect.model_copy(update={"contexts": {**expect.contexts, "broken": 7}})
        files["extensions/20-broken.conf"] = "; [broken] is missing\n[brokem]\nexten => 1,1,NoOp()\n"
    if fault == "queue":
        expect = expect.model_copy(update={"queues": ["q-1", "q-nowhere"]})
        files["queues/q.conf"] = "[q-1]\nstrategy = ringall\n"
    if fault == "parser":
        files["extensions/20-broken.conf"] = "[twice]\nexten => 1,1,NoOp()\nexten => 1,1,NoOp(again)\n"
    report = node.control.apply(node.control.release("bad", files, expect))
    assert report.state == ApplyState.ROLLED_BACK
    assert any(said in problem for problem in report.problems), report.problems
    assert not any("going back" in problem for problem in report.problems), report.problems
    assert node.layout.current.readlink() == digest_before
    assert in_force(node) == before
    assert "Unable to find" in run_cli(node.layout, "pjsip show endpoint d9"), "nothing of it is left"
    assert "no existence" in run_cli(node.layout, "dialplan show extra")
    assert "Unable to find" not in run_cli(node.layout, "pjsip show endpoint d1")


def test_a_forged_release_is_refused(node: LabNode, live: dict[str, str]) -> None:
    before = in_force(node)
    digest = node.control.release("forged", *pbx("forged", live))
    signed = node.control.manifests[digest]
    node.control.manifests[digest] = signed.model_copy(update={"signature": "A" * 86 + "=="})
    report = node.control.apply(digest)
    assert report.state == ApplyState.FAILED
    assert report.problems == ["The release is not signed by this node's control plane; nothing was changed."]
    assert in_force(node) == before


def test_facts_arrive_once_across_kills_of_noded_and_an_ill_control_plane(node: LabNode, live: dict[str, str]) -> None:
    calls = []
    for number in range(12):
        calls.append(call(node, "201" if number % 3 == 0 else "200"))
        if number % 4 == 1:
            time.sleep(random.uniform(0, 0.3))
            node.kill_noded()
            time.sleep(random.uniform(0, 0.5))
            node.start_noded()
            node.wait_ready()
        if number in {5, 6}:
            node.control.is_ill = True
            time.sleep(0.5)  # the call's first facts are refused
            node.control.is_ill = False

    def taken_in() -> list[tuple[str, ...]]:
        facts = sorted(node.control.facts.items(), key=lambda item: item[0][1])
        return [tuple(fact.payload.values()) for _, fact in facts if fact.kind == FactKind.CEL]

    def ended() -> Counter[str]:
        facts = [fact for fact in list(node.control.facts.values()) if fact.kind == FactKind.CEL]
        return Counter(fact.linkedid or "" for fact in facts if fact.payload["eventtype"] == "LINKEDID_END")

    # Asterisk writes the last line of a call some time after its channels are gone.
    wait_until(lambda: ended().keys() >= set(calls), "the end of all calls", 40)
    wait_until(lambda: len(taken_in()) >= len(cel_rows(node)), "all facts")
    assert taken_in() == cel_rows(node), "each row once, in order"
    assert all(ended()[linkedid] == 1 for linkedid in calls)
    queue_facts = [fact for fact in node.control.facts.values() if fact.kind == FactKind.QUEUE_LOG]
    enters = [fact for fact in queue_facts if fact.payload["event"] == "ENTERQUEUE"]
    assert {fact.linkedid for fact in enters} >= set(calls[::3]), "queue lines know their call"


def test_commands(node: LabNode, live: dict[str, str]) -> None:
    linkedid = call(node, "202")
    wait_until(lambda: linkedid in run_cli(node.layout, "core show channels concise"), "the call")
    assert order(node, CommandKind.HANGUP, linkedid=linkedid).ok
    wait_until(lambda: linkedid not in run_cli(node.layout, "core show channels concise"), "its end")
    assert order(node, CommandKind.HANGUP, linkedid=linkedid).detail == "The call has ended already."
    late = order(node, CommandKind.HANGUP, linkedid="x", lives_s=-1)
    assert (late.ok, late.detail) == (False, "The command came too late and was not carried out.")
    evil = order(node, CommandKind.ORIGINATE, to="PJSIP/d1\r\nAction: Reload", context="phones", exten="200")
    assert not evil.ok
    assert "to can't be used" in evil.detail
    assert order(node, CommandKind.REFRESH_MWI, context="vm-1", box="301").ok


def test_voicemail_and_recordings_are_carried_over(node: LabNode, live: dict[str, str]) -> None:
    linkedid = call(node, "301")
    wait_until(lambda: len(list(node.layout.spool.glob("voicemail/vm-1/301/tmp/*"))) > 0, "the recording of a message")
    time.sleep(3)
    order(node, CommandKind.HANGUP, linkedid=linkedid)
    envelope = wait_until(
        lambda: next(
            (facts["envelope"] for _, facts in list(node.control.uploads.values()) if "envelope" in facts), None
        ),
        "the voicemail",
    )
    assert '"context":"vm-1","box":"301"' in envelope
    text = next(node.layout.spool.glob("voicemail/vm-1/301/INBOX/*.txt")).read_text()
    msg_id = text.partition("msg_id=")[2].split()[0]
    assert node.control.uploads[f"{msg_id}.wav"][0][:4] == b"RIFF"
    place: dict[str, Any] = {"context": "vm-1", "box": "301", "msg_id": msg_id}
    assert order(node, CommandKind.FORWARD_VOICEMAIL, **place, to_box="302").ok
    forwarded = next(node.layout.spool.glob("voicemail/vm-1/302/INBOX/*.txt"))
    assert f"msg_id={msg_id}\n" in forwarded.read_text(), "the copy keeps its id"
    wait_until(lambda: '"box":"302"' in node.control.uploads[f"{msg_id}.wav"][1]["envelope"], "the copy, as by phone")
    assert order(node, CommandKind.MARK_VOICEMAIL, **place, heard=True).data == {"moved": True}
    assert list(node.layout.spool.glob("voicemail/vm-1/301/Old/msg*.txt")), "the lamp goes out"
    wait_until(
        lambda: [(one.box, one.heard, one.new) for one in node.control.heard] == [("301", [msg_id], [])], "heard"
    )
    assert order(node, CommandKind.MARK_VOICEMAIL, **place, heard=True).data == {"moved": False}
    assert order(node, CommandKind.DELETE_VOICEMAIL, **place).data == {"deleted": True}
    assert forwarded.exists()
    gone = order(node, CommandKind.FORWARD_VOICEMAIL, **place, to_box="302")
    assert (gone.ok, gone.detail) == (False, "The message is no longer on this node.")
    assert not list(node.layout.spool.glob("voicemail/vm-1/301/INBOX/msg*"))

    recording = node.layout.spool / "monitor" / "nd1-1.2~1.raw"
    node.control.is_ill = True
    recording.write_bytes(bytes(100_000))
    (recording.parent / "nd1-1.3~1.raw").touch()
    time.sleep(2.5)
    assert recording.exists(), "kept until it is acknowledged"
    node.control.is_ill = False
    wait_until(lambda: not recording.exists(), "the upload")
    data, facts = node.control.uploads[recording.name]
    assert (len(data), facts["kind"], facts["linkedid"]) == (100_000, "recording", "nd1-1.2")
    assert "nd1-1.3~1.raw" not in node.control.uploads, "a call that was never bridged has no recording"


def test_asterisk_killed_right_after_a_change_comes_back_with_it(node: LabNode, live: dict[str, str]) -> None:
    downs, ups = (len(node.control.node_facts(event)) for event in ("asterisk_down", "asterisk_up"))
    changed = live | {"d7": device("d7")}
    assert node.control.apply(node.control.release("k1", *pbx("k1", changed))).state == ApplyState.LIVE
    node.kill_asterisk()  # within a second its database has not reached the disk
    wait_until(lambda: len(node.control.node_facts("asterisk_down")) == downs + 1, "the fact of its end")
    wait_until(lambda: not node.control.heartbeats[-1].asterisk_up, "a heartbeat")
    node.start_asterisk()
    wait_until(lambda: len(node.control.node_facts("asterisk_up")) == ups + 1, "the fact of its start")
    wait_until(lambda: "Unable to find" not in run_cli(node.layout, "pjsip show endpoint d7"), "the phone")
    assert in_force(node) == "k1"


@pytest.mark.parametrize("delay_s", [0.005, 0.01, 0.02, 0.03, 0.05, 0.08])
def test_noded_killed_in_the_middle_of_an_apply_leaves_no_mixture(
    node: LabNode, live: dict[str, str], delay_s: float
) -> None:
    before, release_id = in_force(node), f"m-{new_id()}"
    devices = live | {f"m{number}": device(f"m{number}", caller_id=release_id) for number in range(60)}
    node.control.desired = node.control.release(release_id, *pbx(release_id, devices, dialplan=f"; {release_id}\n"))
    time.sleep(delay_s)
    node.kill_noded()
    node.control.desired = None
    node.start_noded()
    node.wait_ready()

    def is_whole() -> bool:
        """Files, dialplan and phones are all of one release."""
        manifest = (node.layout.current / "manifest.json").read_text()
        named, shown = in_force(node), run_cli(node.layout, "pjsip show endpoint m59")
        return f'"release_id":"{named}"' in manifest and (release_id in shown) == (named == release_id)

    wait_until(is_whole, "one whole release")
    assert in_force(node) in {before, release_id}


def test_a_thousand_phones_one_changes(node: LabNode) -> None:
    devices = {f"p{number}": device(f"p{number}") for number in range(1000)}
    report = node.control.apply(node.control.release("t0", *pbx("t0", devices)), timeout_s=60)
    assert (report.state, report.problems) == (ApplyState.LIVE, [])
    times = []
    for number in range(10):
        devices |= {f"p{number}": device(f"p{number}", caller_id=f"Name {number}")}
        report = node.control.apply(node.control.release(f"t{number + 1}", *pbx(f"t{number + 1}", devices)))
        assert report.state == ApplyState.LIVE
        times.append(report.took_ms)
    assert min(times) < 300, "milliseconds, of machines that have other things to do as well"
    assert node.noded is not None
    assert psutil.Process(node.noded.pid).memory_full_info().pss < 75 * 2**20
    assert node.stop_noded() < 3
    node.start_noded()
    node.wait_ready()
