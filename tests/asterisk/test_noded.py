"""noded beside a real Asterisk: applies, takes back, watches, and loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from controlplane.lab.control_plane import wait_until
from controlplane.lab.node import LabNode
from controlplane.node.runtime import ensure_tree, run_cli
from controlplane.protocol.bundle import ApplyState, Expectation

pytestmark = pytest.mark.asterisk

Files = dict[str, str | bytes]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabNode]:
    node = LabNode(tmp_path_factory.mktemp("nd"), ensure_tree("asterisk", progress=print))
    try:
        node.start_asterisk()
        node.start_noded()
        node.wait_ready()
        yield node
    finally:
        node.close()


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
        "exten => 201,1,Answer()\n same => n,Queue(q-1,,,,2)\n same => n,Hangup()\n" + dialplan,
        "queues/q.conf": "[q-1]\nstrategy = ringall\nmember => PJSIP/d1\n",
        "voicemail/v.conf": "[vm-1]\n301 => 1234,Box\n",
        "prompts/0123456789abcdef.wav": b"RIFF-not-really",
        "sourcemap.json": f'{{"release":"{release_id}"}}',
    }
    files |= {f"devices/{name}.conf": text for name, text in devices.items()}
    expect = Expectation(contexts={"phones": 6}, devices=sorted(devices), queues=["q-1"])
    return files, expect


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
