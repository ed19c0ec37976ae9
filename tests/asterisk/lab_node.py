"""A whole node of a test's own: private Asterisk, noded as a process that can be killed, a stand-in control plane."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from controlplane.lab.addresses import free_port, own_address
from controlplane.node.base_config import write_base_config
from controlplane.node.layout import AsteriskLayout, AsteriskPorts
from controlplane.node.runtime import start_asterisk, stop_asterisk, wait_booted
from tests.node.stand_in import CODE, StandIn, wait_until

_CHILD = """
import json, logging, sys
from pathlib import Path
from controlplane.node.layout import AsteriskLayout, AsteriskPorts
from controlplane.node.noded import NodedConfig, serve
told = json.loads(sys.argv[1])
layout = AsteriskLayout(
    root=Path(told["root"]), tree=Path(told["tree"]), systemname=told["systemname"],
    bind_address=told["bind_address"], ports=AsteriskPorts(**told["ports"]),
)
serve(NodedConfig(layout, told["url"], told["code"]))
"""


class LabNode:
    """A node on a loopback address of its own.

    Attributes:
        layout: of its Asterisk.
        control: the control plane it knows.
        asterisk: the running Asterisk, None while it is down.
        noded: the running noded, None while it is down.
    """

    def __init__(self, root: Path, tree: Path) -> None:
        address = own_address()
        sip, sip_tls, wss = (free_port(address) for _ in range(3))
        ari, ami = (free_port("127.0.0.1") for _ in range(2))
        ports = AsteriskPorts(sip, sip_tls, wss, ari, ami, 30_000, 31_000)
        self.layout = AsteriskLayout(root=root, tree=tree, systemname="nd1", bind_address=address, ports=ports)
        self.control = StandIn(self.layout.systemname)
        self.asterisk: subprocess.Popen[bytes] | None = None
        self.noded: subprocess.Popen[bytes] | None = None
        write_base_config(self.layout)
        self.control.start()

    def start_asterisk(self) -> None:
        """Boots Asterisk."""
        self.asterisk = start_asterisk(self.layout)
        wait_booted(self.layout, self.asterisk)

    def kill_asterisk(self) -> None:
        """SIGKILL."""
        assert self.asterisk is not None
        os.killpg(self.asterisk.pid, signal.SIGKILL)
        self.asterisk.wait()

    def start_noded(self, prelude: str = "") -> None:
        """Starts noded; returns at once. ``prelude``: Python that its process runs first."""
        told = json.dumps(
            {
                "root": str(self.layout.root),
                "tree": str(self.layout.tree),
                "systemname": self.layout.systemname,
                "bind_address": self.layout.bind_address,
                "ports": asdict(self.layout.ports),
                "url": self.control.url,
                "code": CODE,
            }
        )
        with (self.layout.log / "noded.log").open("ab") as log:
            self.noded = subprocess.Popen([sys.executable, "-c", prelude + _CHILD, told], stdout=log, stderr=log)

    def wait_ready(self) -> None:
        """Until noded has told the control plane that Asterisk is up."""
        count = len(self.control.heartbeats)
        wait_until(lambda: any(beat.asterisk_up for beat in self.control.heartbeats[count:]), "a good heartbeat")

    def kill_noded(self) -> None:
        """SIGKILL."""
        assert self.noded is not None
        self.noded.kill()
        self.noded.wait()

    def stop_noded(self) -> float:
        """SIGTERM; gives the seconds it took."""
        assert self.noded is not None
        began = os.times().elapsed
        self.noded.terminate()
        self.noded.wait(timeout=10)
        return os.times().elapsed - began

    def close(self) -> None:
        """Ends all of it."""
        if self.noded and self.noded.poll() is None:
            self.kill_noded()
        stop_asterisk(self.layout, self.asterisk)
        self.control.stop()
