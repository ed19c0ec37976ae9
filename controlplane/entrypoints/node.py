"""``controlplane node``: noded beside this machine's Asterisk."""

import asyncio
import signal

import structlog

from controlplane.entrypoints.local_node import make_layout
from controlplane.entrypoints.supervisor import Child
from controlplane.node.base_config import write_base_config
from controlplane.node.layout import AsteriskLayout, AsteriskRuntimeError
from controlplane.node.noded import NodedConfig, serve
from controlplane.node.runtime import ensure_tree, running_pid, start_asterisk, stop_asterisk, wait_booted
from controlplane.platform.settings import Settings

log = structlog.get_logger(__name__)
WATCH_S = 1.0


def run_node(settings: Settings) -> None:
    """Runs noded alone until SIGTERM; whoever started the Asterisk keeps it running."""
    code = settings.enrolment_code.get_secret_value() if settings.enrolment_code else None
    serve(NodedConfig(_layout(settings), settings.control_url or settings.api_url, code))


async def run_node_with_asterisk(settings: Settings) -> None:
    """Runs Asterisk and noded until SIGTERM: a node on a machine, or in a container, of its own."""
    layout = _layout(settings)
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    await keep_asterisk(layout)
    noded = Child("noded", ("node",), settings.as_environment())
    tasks = [asyncio.create_task(noded.keep_running()), asyncio.create_task(watch_asterisk(layout))]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await noded.stop()
    await asyncio.to_thread(stop_asterisk, layout, timeout_s=4.0)


async def keep_asterisk(layout: AsteriskLayout) -> None:
    """Starts Asterisk, or takes over one that runs already, with its calls."""
    if running_pid(layout) is None:
        await asyncio.to_thread(write_base_config, layout)
        await asyncio.to_thread(wait_booted, layout, start_asterisk(layout))


async def watch_asterisk(layout: AsteriskLayout) -> None:
    """Starts Asterisk again whenever it is gone."""
    while True:
        await asyncio.sleep(WATCH_S)
        if running_pid(layout) is None:
            log.warning("asterisk was down, starting it again")
            try:
                await keep_asterisk(layout)
            except (AsteriskRuntimeError, OSError) as err:
                log.exception("asterisk does not start", error=str(err))


def _layout(settings: Settings) -> AsteriskLayout:
    return make_layout(settings, ensure_tree("asterisk", cache_dir=settings.cache_dir, progress=log.info))
