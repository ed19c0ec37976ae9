"""Whether a trunk is up: its registration and its answers to OPTIONS together."""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator

import pytest

from controlplane.lab.addresses import own_address
from controlplane.protocol.bundle import ApplyState, Expectation
from tests.asterisk.lab_node import LabNode
from tests.node.stand_in import wait_until

pytestmark = pytest.mark.asterisk

TRUNK = """
[trunk-1]
type = endpoint
context = nowhere
disallow = all
allow = ulaw
aors = trunk-1
[trunk-1]
type = aor
contact = sip:{host}:5060
qualify_frequency = 1
qualify_timeout = 1
[trunk-1]
type = registration
server_uri = sip:{host}:5060
client_uri = sip:shop@{host}
endpoint = trunk-1
line = yes
retry_interval = 2
fatal_retry_interval = 2
expiration = 10
"""


class Carrier(threading.Thread):
    """Answers OPTIONS always, and REGISTER as it likes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.host = own_address()
        self.register_answer = "404 Not Found"
        self.refused = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self.host, 5060))

    def run(self) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                request, sender = self._socket.recvfrom(8192)
                self._socket.sendto(self._answer(request.decode()).encode(), sender)

    def _answer(self, request: str) -> str:
        status = self.register_answer if request.startswith("REGISTER") else "200 OK"
        self.refused += status.startswith("404")
        kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq|Contact|Expires):.*$", request, re.MULTILINE | re.IGNORECASE)
        lines = [f"SIP/2.0 {status}", *(line.strip() for line in kept), "Content-Length: 0", "", ""]
        return re.sub(r"^(To: [^;\r]*)$", r"\1;tag=c", "\r\n".join(lines), flags=re.MULTILINE)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    carrier = Carrier()
    carrier.start()
    yield carrier
    carrier.close()


def test_a_refused_registration_outweighs_answers_and_is_tried_again(node: LabNode, carrier: Carrier) -> None:
    files: dict[str, str | bytes] = {
        "extensions/00-globals.conf": "[globals]\nCP_RELEASE = t1\n[nowhere]\nexten => 1,1,Hangup()\n",
        "pjsip/t.conf": TRUNK.format(host=carrier.host),
    }
    expected = Expectation(contexts={"nowhere": 1})
    report = node.control.apply(node.control.release("t1", files, expected))
    assert report.state == ApplyState.LIVE, report.problems

    def state() -> str | None:
        return (node.control.heartbeats[-1].trunks or {}).get("trunk-1")

    wait_until(lambda: carrier.refused >= 2, "another try after an answer that is for ever")
    wait_until(lambda: state() == "down", "a trunk that is down though it answers OPTIONS")
    ups = len(node.control.node_facts("trunk_up"))
    refused = carrier.refused
    wait_until(lambda: carrier.refused >= refused + 2, "two more refusals")
    assert (state(), len(node.control.node_facts("trunk_up"))) == ("down", ups)
    carrier.register_answer = "200 OK"
    wait_until(lambda: state() == "up", "a trunk that is up")
    wait_until(lambda: len(node.control.node_facts("trunk_up")) == ups + 1, "the fact of it")

    carrier.register_answer = "403 Forbidden"
    wait_until(lambda: state() == "down", "a trunk that is shut out", timeout_s=70)
    by_address = TRUNK.partition("[trunk-1]\ntype = registration")[0].format(host=carrier.host)
    files |= {"extensions/00-globals.conf": str(files["extensions/00-globals.conf"]).replace("= t1", "= t2")}
    report = node.control.apply(node.control.release("t2", files | {"pjsip/t.conf": by_address}, expected))
    assert report.state == ApplyState.LIVE, report.problems
    wait_until(lambda: state() == "up", "a trunk that needs no registration any more")
