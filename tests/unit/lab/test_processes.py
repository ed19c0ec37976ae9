"""Child processes and the trace reader, without any phone."""

import asyncio
import contextlib
from pathlib import Path

import psutil
import pytest

from controlplane.lab.addresses import free_port, is_free, own_address
from controlplane.lab.baresip import read_trace
from controlplane.lab.process import ChildProcess, LabError


async def printed(child: ChildProcess, text: str) -> None:
    for _ in range(500):
        if text in child.output():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(child.log_tail())


def open_files(folder: Path) -> list[str]:
    """Terminals of children, and files in a folder; sockets belong to others, who may close theirs at any time."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.append(str(descriptor.readlink()))
    return sorted(name for name in found if name.startswith(("/dev/pt", str(folder))))


async def test_a_stubborn_child_is_killed_after_the_grace_time(tmp_path: Path) -> None:
    script = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    child = ChildProcess(["sh", "-c", script], log=tmp_path / "log", cwd=tmp_path, grace_s=0.2, prompt=True)
    async with child:
        await printed(child, "ready")
        pid = child.pid
    assert child.returncode == -9
    assert not psutil.pid_exists(pid)


async def test_a_cancelled_task_leaves_no_child(tmp_path: Path) -> None:
    child = ChildProcess(["sleep", "60"], log=tmp_path / "log", cwd=tmp_path)
    started = asyncio.Event()

    async def use() -> None:
        async with child:
            started.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(use())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not psutil.pid_exists(child.pid)


async def test_waiting_too_long_shows_the_log(tmp_path: Path) -> None:
    async with ChildProcess(["sh", "-c", "echo hello; sleep 60"], log=tmp_path / "log", cwd=tmp_path) as child:
        await printed(child, "hello")
        with pytest.raises(LabError, match="hello"):
            await child.wait(0.05)


async def test_a_prompt_child_does_not_buffer_and_leaks_no_descriptor(tmp_path: Path) -> None:
    before = open_files(tmp_path)
    script = "import time; print('one line'); time.sleep(60)"
    async with ChildProcess(["python3", "-c", script], log=tmp_path / "log", cwd=tmp_path, prompt=True) as child:
        await printed(child, "one line\n")
        assert open_files(tmp_path) != before
    assert (tmp_path / "log").read_text() == "one line\n"
    assert open_files(tmp_path) == before


def test_addresses_are_loopback_and_ports_free() -> None:
    addresses = {own_address() for _ in range(50)}
    assert len(addresses) > 45
    assert all(address.startswith("127.") for address in addresses)
    port = free_port(addresses.pop(), pair=True)
    assert 16000 <= port < 28000
    assert is_free(addresses.pop(), port)


def test_no_port_is_given_twice_before_it_is_used() -> None:
    address = own_address()
    assert len({free_port(address) for _ in range(300)}) == 300


def test_the_trace_is_cut_into_messages() -> None:
    text = (
        "noise\n\x1b[36;1m#\nUDP 127.0.0.9:5060 -> 127.0.0.1:5060\n"
        "INVITE sip:1@x SIP/2.0\r\nFrom: <a>\r\n\r\n\x1b[;mcall: x\n"
        "\x1b[36;1m#\nUDP 127.0.0.1:5060 -> 127.0.0.9:5060\n"
        "SIP/2.0 486 Busy Here\r\nReason: Q.850;cause=17\r\n\r\n\x1b[;m\n"
    )
    invite, busy = read_trace(text, "127.0.0.9")
    assert (invite.sent, invite.first_line, invite.header("from")) == (True, "INVITE sip:1@x SIP/2.0", "<a>")
    assert (busy.sent, busy.header("Reason"), busy.header("To")) == (False, "Q.850;cause=17", None)
