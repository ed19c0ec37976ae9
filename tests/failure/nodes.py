"""More nodes for a running system: each an Asterisk and a noded with folder, address and ports of its own."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from controlplane.entrypoints.local_node import make_layout
from controlplane.entrypoints.node import KeptAsterisk
from controlplane.entrypoints.supervisor import Child
from controlplane.entrypoints.throw_away import ThrowAwaySystem, throw_away_settings
from controlplane.lab.client import Json
from controlplane.node.layout import AsteriskLayout
from controlplane.node.runtime import ensure_tree


@dataclass(frozen=True)
class FurtherNode:
    """A node beside the one of `up`."""

    name: str
    layout: AsteriskLayout
    asterisk: KeptAsterisk
    noded: Child
    system: ThrowAwaySystem

    @property
    def sip_address(self) -> str:
        """Where its phones register."""
        return f"{self.layout.bind_address}:{self.layout.ports.sip}"

    async def seen(self) -> Json:
        """How the control plane sees it."""
        items: list[Json] = (await self.system.api.get("/nodes"))["items"]
        return next(one for one in items if one["name"] == self.name)

    async def is_up(self) -> None:
        """Waits until it reports, with its Asterisk running."""
        await self.system.api.until(
            "/nodes",
            lambda page: any(one["name"] == self.name and one["state"] == "up" for one in page["items"]),
            timeout_s=60, what=f"heard of {self.name}",
        )  # fmt: skip


@contextlib.asynccontextmanager
async def further_node(system: ThrowAwaySystem, name: str) -> AsyncIterator[FurtherNode]:
    """Enrols and runs a node as `controlplane node --with-asterisk` does; all of it stops at the end."""
    made = await system.api.post("/nodes", {"name": name})
    base = throw_away_settings(system.folder / name, system.settings)
    settings = base.model_copy(update={"node_name": name, "control_url": system.settings.api_url})
    layout = make_layout(settings, ensure_tree("asterisk", cache_dir=settings.cache_dir, progress=print))
    environment = {**settings.as_environment(), "CP_ENROLMENT_CODE": made["enrolment"]["code"]}
    node = FurtherNode(name, layout, KeptAsterisk(layout), Child(f"noded {name}", ("node",), environment), system)
    try:
        await node.asterisk.start()
        await node.noded.start()
        await node.is_up()
        yield node
    finally:
        await node.noded.stop()
        await node.asterisk.stop()
