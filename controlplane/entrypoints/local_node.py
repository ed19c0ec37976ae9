"""The node on this machine, as the settings describe it."""

import json
import socket
from pathlib import Path

from controlplane.node.layout import AsteriskLayout, AsteriskPorts
from controlplane.platform.settings import Settings


def make_layout(settings: Settings, tree: Path) -> AsteriskLayout:
    """Folders and ports of this machine's Asterisk."""
    root = settings.data_dir / "node"
    low, _, high = settings.rtp_range.partition("-")
    ami, ari = _inner_ports(settings, root / "inner_ports.json")
    return AsteriskLayout(
        root=root,
        tree=tree,
        systemname=settings.node_name,
        bind_address=settings.sip_host,
        external_address=settings.external_ip,
        local_nets=tuple(settings.local_nets.split(",")) if settings.local_nets else (),
        ports=AsteriskPorts(
            sip=settings.sip_port,
            sip_tls=settings.sip_tls_port or settings.sip_port + 1,
            wss=settings.wss_port,
            ari=ari,
            ami=ami,
            rtp_start=int(low),
            rtp_end=int(high),
        ),
    )


def _inner_ports(settings: Settings, kept: Path) -> tuple[int, int]:
    """AMI and ARI ports: as set, else as chosen at the first start, so that installs never clash."""
    if settings.ami_port and settings.ari_port:
        return settings.ami_port, settings.ari_port
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(_free_ports(2)))
    ami, ari = json.loads(kept.read_text())
    return settings.ami_port or ami, settings.ari_port or ari


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
