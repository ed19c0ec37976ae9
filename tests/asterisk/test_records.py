"""What Asterisk writes down of a call, column by column, as noded will read it."""

import csv
import io
import json
import socket
import subprocess
import time
from pathlib import Path

import pytest

from controlplane.lab.addresses import free_port
from controlplane.node.base_config import write_base_config
from controlplane.node.layout import AsteriskLayout, AsteriskPorts
from controlplane.node.runtime import ensure_tree, start_asterisk, stop_asterisk, wait_booted
from controlplane.protocol.asterisk_logs import CDR_COLUMNS, CEL_COLUMNS, QUEUE_LOG_COLUMNS

pytestmark = pytest.mark.asterisk

NASTY = 'O"Brien, \\back; ä😀 ${SHELL(id)} | <x>'

DIALPLAN = """
[start]
exten => 1,1,Set(CALLERID(num)=+15550001111)
 same => n,Set(CALLERID(name)=${BASE64_DECODE(TyJCcmllbiwgXGJhY2s7IMOk8J+YgCAke1NIRUxMKGlkKX0gfCA8eD4=)})
 same => n,Answer()
 same => n,CELGenUserEvent(CP_STEP,menu,"1")
 same => n,Set(CDR(userfield)=uf)
 same => n,Queue(empty,,,,1)
 same => n,Hangup()
"""


def free_ports() -> AsteriskPorts:
    sip, sip_tls, wss, ari, ami = (free_port("127.0.0.1") for _ in range(5))
    return AsteriskPorts(sip, sip_tls, wss, ari, ami)


def originate(layout: AsteriskLayout) -> None:
    with socket.create_connection(("127.0.0.1", layout.ports.ami), timeout=5) as ami, ami.makefile("rb") as answers:
        for action in (
            f"Action: Login\r\nUsername: noded\r\nSecret: {layout.ami_secret}\r\nEvents: off\r\n\r\n",
            "Action: Originate\r\nChannel: Local/1@start\r\nApplication: Wait\r\nData: 5\r\n\r\n",
        ):
            ami.sendall(action.encode())
            while not (line := answers.readline()).startswith(b"Response:"):
                assert line
            assert line == b"Response: Success\r\n"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> AsteriskLayout:
    """The records of one call that goes through a user event and an empty queue."""
    tree = ensure_tree("asterisk", progress=print)
    root: Path = tmp_path_factory.mktemp("records") / "node"
    layout = AsteriskLayout(root=root, tree=tree, systemname="fra-1", ports=free_ports())
    write_base_config(layout)
    for kind, text in {"extensions": DIALPLAN, "queues": "[empty]\nstrategy = ringall\n"}.items():
        (layout.current / kind).mkdir(parents=True)
        (layout.current / kind / "a.conf").write_text(text)
    process: subprocess.Popen[bytes] = start_asterisk(layout)
    try:
        wait_booted(layout, process)
        originate(layout)
        deadline = time.monotonic() + 20
        while "LINKEDID_END" not in (layout.cel_file.read_text() if layout.cel_file.exists() else ""):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        stop_asterisk(layout, process)
    return layout


def rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    lines = list(csv.reader(io.StringIO(path.read_text(), newline="")))
    assert {len(line) for line in lines} == {len(columns)}
    return [dict(zip(columns, line, strict=True)) for line in lines]


def test_cel_columns(records: AsteriskLayout) -> None:
    (step,) = [row for row in rows(records.cel_file, CEL_COLUMNS) if row["eventtype"] == "USER_DEFINED"]
    assert step["userdeftype"] == "CP_STEP"
    assert json.loads(step["eventextra"]) == {"extra": 'menu,"1"'}
    assert (step["cid_name"], step["cid_num"]) == (NASTY, "+15550001111")
    assert (step["context"], step["exten"], step["appname"]) == ("start", "1", "CELGenUserEvent")
    assert step["channame"].startswith("Local/1@start-")
    assert step["uniqueid"].startswith("fra-1-")
    assert step["linkedid"].startswith("fra-1-")
    seconds, _, microseconds = step["eventtime"].partition(".")
    assert abs(int(seconds) - time.time()) < 120
    assert len(microseconds) == 6


def test_cel_tells_the_way_of_a_channel(records: AsteriskLayout) -> None:
    events = rows(records.cel_file, CEL_COLUMNS)
    (step,) = [row for row in events if row["eventtype"] == "USER_DEFINED"]
    way = [row["eventtype"] for row in events if row["uniqueid"] == step["uniqueid"]]
    assert [name for name in way if name != "LINKEDID_END"] == [
        "CHAN_START", "ANSWER", "USER_DEFINED", "HANGUP", "CHAN_END",
    ]  # fmt: skip
    hangup = next(row for row in events if row["eventtype"] == "HANGUP" and row["uniqueid"] == step["uniqueid"])
    assert set(json.loads(hangup["eventextra"])) >= {"hangupcause", "hangupsource", "dialstatus"}
    assert {row["linkedid"] for row in events} == {step["linkedid"]}


def test_cdr_columns(records: AsteriskLayout) -> None:
    (record,) = [row for row in rows(records.cdr_file, CDR_COLUMNS) if row["userfield"] == "uf"]
    assert (record["src"], record["dst"], record["dcontext"]) == ("+15550001111", "1", "start")
    assert (record["lastapp"], record["disposition"]) == ("Hangup", "ANSWERED")
    start, answer, end = (float(record[name]) for name in ("start", "answer", "end"))
    assert 0 <= answer - start < 1
    assert 0.9 <= end - answer < 3
    assert record["uniqueid"].startswith("fra-1-")


def test_queue_log_columns(records: AsteriskLayout) -> None:
    lines = [line.split("|") for line in records.queue_log.read_text().splitlines()]
    named = [dict(zip(QUEUE_LOG_COLUMNS, line, strict=False)) for line in lines]
    (entered,) = [row for row in named if row["event"] == "ENTERQUEUE"]
    assert (entered["queuename"], entered["data2"], entered["data3"]) == ("empty", "+15550001111", "1")
    (left,) = [row for row in named if row["event"] == "EXITWITHTIMEOUT"]
    assert left["callid"] == entered["callid"]
