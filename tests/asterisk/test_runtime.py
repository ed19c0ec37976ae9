"""The private Asterisk itself: boots clean, answers, is found again, stops leaving nothing, needs no root."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlplane.lab.addresses import free_port, own_address
from controlplane.node.base_config import write_base_config
from controlplane.node.layout import AsteriskLayout, AsteriskPorts, AsteriskRuntimeError
from controlplane.node.phones import PhoneObject, write_phones
from controlplane.node.runtime import ensure_tree, run_cli, running_pid, start_asterisk, stop_asterisk, wait_booted

pytestmark = pytest.mark.asterisk

NOBODY = 65534


@pytest.fixture(scope="module")
def tree() -> Path:
    return ensure_tree("asterisk", progress=print)


def free_ports(address: str = "127.0.0.1") -> AsteriskPorts:
    sip, sip_tls, wss = (free_port(address) for _ in range(3))
    ari, ami = (free_port("127.0.0.1") for _ in range(2))
    return AsteriskPorts(sip, sip_tls, wss, ari, ami)


@pytest.fixture
def layout(tmp_path: Path, tree: Path) -> AsteriskLayout:
    layout = AsteriskLayout(root=tmp_path / "node", tree=tree, systemname="test-1", ports=free_ports())
    write_base_config(layout)
    return layout


@pytest.fixture
def running(layout: AsteriskLayout) -> Iterator[subprocess.Popen[bytes]]:
    process = start_asterisk(layout)
    try:
        wait_booted(layout, process)
        yield process
    finally:
        stop_asterisk(layout, process)


def complaints(layout: AsteriskLayout) -> list[str]:
    lines = layout.messages_log.read_text().splitlines()
    return [line for line in lines if "ERROR" in line or "WARNING" in line]


def test_boots_clean_before_the_first_release(layout: AsteriskLayout, running: subprocess.Popen[bytes]) -> None:
    assert not layout.current.exists()
    assert complaints(layout) == []
    assert "Asterisk 22." in run_cli(layout, "core show version")
    modules = run_cli(layout, "module show")
    for needed in ("chan_pjsip.so", "app_queue.so", "app_voicemail.so", "cel_custom.so", "res_ari_channels.so"):
        assert re.search(rf"^{needed} .*Running", modules, re.MULTILINE), needed
    assert "app_system.so" not in modules


_ECHO_FOR_ALL = """
[anybody]
type = endpoint
context = echo
transport = udp
disallow = all
allow = ulaw
aors = anybody
[anybody]
type = aor
[anybody]
type = identify
endpoint = anybody
match = 127.0.0.0/8
"""

_INVITE = """INVITE sip:100@{to} SIP/2.0
Via: SIP/2.0/UDP {own}:{port};branch=z9hG4bK-{port}
Max-Forwards: 70
From: <sip:tester@{own}>;tag=t{port}
To: <sip:100@{to}>
Call-ID: {port}@{own}
CSeq: 1 INVITE
Contact: <sip:tester@{own}:{port}>
Content-Type: application/sdp
Content-Length: {length}

{sdp}"""


def answered(layout: AsteriskLayout, own: str) -> str:
    """The 200 that a call from this address gets, with its SDP."""
    to = f"{layout.bind_address}:{layout.ports.sip}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((own, 0))
        phone.settimeout(5)
        port = phone.getsockname()[1]
        sdp = f"v=0\no=- 1 1 IN IP4 {own}\ns=-\nc=IN IP4 {own}\nt=0 0\nm=audio {port} RTP/AVP 0\n".replace("\n", "\r\n")
        invite = _INVITE.format(to=to, own=own, port=port, length=len(sdp), sdp="").replace("\n", "\r\n") + sdp
        phone.sendto(invite.encode(), (layout.bind_address, layout.ports.sip))
        while True:
            answer = phone.recv(8192).decode()
            if answer.startswith("SIP/2.0 200"):
                return answer
            assert answer.startswith("SIP/2.0 1"), answer


def test_behind_nat_who_is_outside_is_told_the_external_address(tmp_path: Path, tree: Path) -> None:
    own, inside, outside = own_address(), own_address(), own_address()
    layout = AsteriskLayout(
        root=tmp_path / "node", tree=tree, systemname="nat", bind_address=own, ports=free_ports(own),
        external_address="203.0.113.7", local_nets=(f"{own}/32", f"{inside}/32"),
    )  # fmt: skip
    write_base_config(layout)
    for name, text in (
        ("pjsip", _ECHO_FOR_ALL),
        ("extensions", "[echo]\nexten => 100,1,Answer()\n same => n,Echo()\n"),
    ):
        folder = layout.releases / "1" / name
        folder.mkdir(parents=True)
        (folder / "all.conf").write_text(text)
    layout.current.symlink_to(layout.releases / "1")
    process = start_asterisk(layout)
    try:
        wait_booted(layout, process)
        told, told_inside = answered(layout, outside), answered(layout, inside)
    finally:
        stop_asterisk(layout, process)
    assert "c=IN IP4 203.0.113.7" in told
    assert re.search(r"^Contact: <sip:203\.0\.113\.7:", told, re.MULTILINE)
    assert f"c=IN IP4 {own}" in told_inside
    assert "203.0.113.7" not in told_inside


def test_stays_small(layout: AsteriskLayout, running: subprocess.Popen[bytes]) -> None:
    status = Path(f"/proc/{running_pid(layout)}/status").read_text()
    resident_kb = int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]
    assert resident_kb < 80 * 1024


def test_listens_where_it_was_told(layout: AsteriskLayout, running: subprocess.Popen[bytes]) -> None:
    ports = layout.ports
    context = ssl.create_default_context(cafile=str(layout.tls_cert))
    for port in (ports.sip_tls, ports.wss):
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
        ):
            assert secure.version() in {"TLSv1.2", "TLSv1.3"}
    for port in (ports.sip, ports.ari, ports.ami):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_is_found_again_by_its_pid_file(layout: AsteriskLayout, running: subprocess.Popen[bytes]) -> None:
    again = AsteriskLayout(root=layout.root, tree=layout.tree, systemname="test-1", ports=layout.ports)
    assert running_pid(again) == running.pid
    with pytest.raises(AsteriskRuntimeError, match="runs already"):
        start_asterisk(again)
    stop_asterisk(again, running)
    assert running_pid(layout) is None
    assert running.returncode is not None


def test_a_stale_pid_file_is_nobody(layout: AsteriskLayout) -> None:
    layout.pid_file.write_text(f"{os.getpid()}\n")
    assert running_pid(layout) is None
    stop_asterisk(layout)  # and this process is still here


def test_stops_a_frozen_one_within_ten_seconds(layout: AsteriskLayout) -> None:
    process = start_asterisk(layout)
    wait_booted(layout, process)
    os.kill(process.pid, 19)  # SIGSTOP: it answers nothing and hears no SIGTERM
    stop_asterisk(layout, process, timeout_s=4)
    assert running_pid(layout) is None


def test_says_why_it_did_not_start(layout: AsteriskLayout) -> None:
    (layout.etc / "modules.conf").unlink()
    process = start_asterisk(layout)
    with pytest.raises(AsteriskRuntimeError, match=r"ended while starting: .*modules\.conf"):
        wait_booted(layout, process, timeout_s=20)


def test_reads_the_current_release(layout: AsteriskLayout) -> None:
    release = layout.releases / "abc"
    for name, text in {
        "extensions/a.conf": "[globals]\nCP_RELEASE = abc\n[one]\nexten => 1,1,Hangup()\n",
        "extensions/b.conf": "[two]\nexten => 1,1,Hangup()\n",
        "queues/q.conf": "[support]\nstrategy = ringall\n",
        "voicemail/v.conf": "[default]\n201 => 1234,Alice\n",
        "pjsip/t.conf": "[carrier]\ntype = endpoint\ncontext = one\nallow = ulaw\n",
        "musiconhold/m.conf": "[waltz]\nmode = files\ndirectory = moh\n",
    }.items():
        (release / name).parent.mkdir(parents=True, exist_ok=True)
        (release / name).write_text(text)
    layout.current.symlink_to(release)
    process = start_asterisk(layout)
    try:
        wait_booted(layout, process)
        assert "CP_RELEASE=abc" in run_cli(layout, "dialplan show globals")
        assert "Context 'two'" in run_cli(layout, "dialplan show two")
        assert "support" in run_cli(layout, "queue show")
        assert "Alice" in run_cli(layout, "voicemail show users")
        assert "carrier" in run_cli(layout, "pjsip show endpoints")
        assert "waltz" in run_cli(layout, "moh show classes")
        assert [line for line in complaints(layout) if "ERROR" in line] == []
    finally:
        stop_asterisk(layout, process)


def test_phones_written_beforehand_are_there_after_the_start(layout: AsteriskLayout) -> None:
    old = PhoneObject("endpoint", "gone", {"context": "internal"})
    write_phones(layout, [old])
    write_phones(
        layout,
        [
            PhoneObject("auth", "201-desk", {"auth_type": "userpass", "username": "201-desk", "password": "pä\"ss'"}),
            PhoneObject("aor", "201-desk", {"max_contacts": "2"}),
            PhoneObject("endpoint", "201-desk", {"context": "internal", "auth": "201-desk", "aors": "201-desk"}),
        ],
    )
    process = start_asterisk(layout)
    try:
        wait_booted(layout, process)
        shown = run_cli(layout, "pjsip show endpoints")
        assert "201-desk/201-desk" in shown
        assert "gone" not in shown
        stored = run_cli(layout, "database get ps_auths/auth 201-desk")
        assert json.loads(stored.removeprefix("Value: "))["password"] == "pä\"ss'"
        assert complaints(layout) == []
    finally:
        stop_asterisk(layout, process)


def test_secrets_are_kept_and_private(layout: AsteriskLayout) -> None:
    before = (layout.ami_secret, layout.tls_cert.read_bytes())
    again = AsteriskLayout(root=layout.root, tree=layout.tree, systemname="test-1", ports=layout.ports)
    write_base_config(again)
    assert (again.ami_secret, again.tls_cert.read_bytes()) == before
    private = [*layout.secrets.iterdir(), layout.etc / "manager.conf", layout.etc / "ari.conf"]
    assert {path.stat().st_mode & 0o077 for path in private} == {0}


def test_nobody_else_on_the_machine_sees_what_the_instance_keeps(layout: AsteriskLayout) -> None:
    layout.root.chmod(0o755)  # as if made by something else before
    write_base_config(layout)
    assert layout.root.stat().st_mode & 0o007 == 0


@pytest.fixture
def servant(tree: Path) -> Iterator[AsteriskLayout]:
    """An instance whose programs run as an ordinary user: as ``nobody`` where the test runs as root."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        base = Path(folder)
        base.chmod(0o755)
        copy = base / "tree"
        subprocess.run(["cp", "-a", tree, copy], check=True)
        if os.geteuid() == 0:
            program = copy / "bin" / "asterisk"
            program.rename(copy / "bin" / "asterisk.real")
            program.write_text(
                f"#!/bin/sh\nexec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "
                f'"{copy}/bin/asterisk.real" "$@"\n'
            )
            program.chmod(0o755)
        layout = AsteriskLayout(root=base / "node", tree=copy, ports=free_ports())
        write_base_config(layout)
        if os.geteuid() == 0:
            for path in (layout.root, *layout.root.rglob("*")):
                shutil.chown(path, NOBODY, NOBODY) if not path.is_symlink() else None
        yield layout


def test_needs_no_root(servant: AsteriskLayout) -> None:
    process = start_asterisk(servant)
    try:
        wait_booted(servant, process)
        status = Path(f"/proc/{running_pid(servant)}/status").read_text()
        assert re.search(r"^Uid:\s+(\d+)", status, re.MULTILINE)[1] != "0"  # type: ignore[index]
        assert complaints(servant) == []
    finally:
        stop_asterisk(servant, process)
    assert running_pid(servant) is None
