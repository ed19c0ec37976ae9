"""``controlplane node``: noded beside this machine's Asterisk."""

import asyncio
import signal
import subprocess

import structlog

from controlplane.entrypoints.local_node import make_layout
from controlplane.entrypoints.supervisor import Child
from controlplane.node.base_config import write_base_config
from controlplane.node.devices import write_live_devices
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
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    asterisk = KeptAsterisk(_layout(settings))
    await asterisk.start()
    noded = Child("noded", ("node",), settings.as_environment())
    tasks = [asyncio.create_task(noded.keep_running()), asyncio.create_task(asterisk.watch())]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await noded.stop()
    await asterisk.stop()


class KeptAsterisk:
    """This machine's Asterisk: started, or taken over with its calls, and started again whenever it is gone."""

    def __init__(self, layout: AsteriskLayout) -> None:
        self._layout = layout
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Sees to it that it runs."""
        if running_pid(self._layout) is None:
            await asyncio.to_thread(write_base_config, self._layout)
            await asyncio.to_thread(write_live_devices, self._layout)
            if self._process is not None:
                self._process.poll()  # collects the child that died
            self._process = start_asterisk(self._layout)
            try:
                await asyncio.to_thread(wait_booted, self._layout, self._process)
            except asyncio.CancelledError:
                self._process.kill()  # without a pid file yet nobody could stop it; it has no calls yet
                raise

    async def watch(self) -> None:
        """Starts it again whenever it is gone."""
        while True:
            await asyncio.sleep(WATCH_S)
            if running_pid(self._layout) is None:
                log.warning("asterisk was down, starting it again")
                try:
                    await self.start()
                except (AsteriskRuntimeError, OSError) as err:
                    log.exception("asterisk does not start", error=str(err))

    async def stop(self) -> None:
        """Ends it and its calls."""
        await asyncio.to_thread(stop_asterisk, self._layout, self._process, timeout_s=4.0)


def _layout(settings: Settings) -> AsteriskLayout:
    return make_layout(settings, ensure_tree("asterisk", cache_dir=settings.cache_dir, progress=log.info))
