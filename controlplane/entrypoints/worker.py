"""Background workers: jobs by queue."""

from controlplane.calls import jobs as _calls  # noqa: F401 - importing a slice's jobs declares them
from controlplane.nodes import jobs as _nodes  # noqa: F401
from controlplane.platform.jobs import Queue
from controlplane.platform.services import Services
from controlplane.telephony import jobs as _telephony  # noqa: F401


async def run_worker(services: Services, *, media: bool) -> None:
    """Runs jobs until SIGTERM.

    Args:
        services: Ports of this process; handed to every job.
        media: Only the CPU-bound queue, one job at a time; else all the others.
    """
    queues = [Queue.MEDIA] if media else [queue for queue in Queue if queue is not Queue.MEDIA]
    async with services.app.open_async():
        await services.app.run_worker_async(
            name="media-worker" if media else "worker",
            queues=[queue.value for queue in queues],
            concurrency=1 if media else 8,
            additional_context={"services": services},
            fetch_job_polling_interval=2.0,
            shutdown_graceful_timeout=4.0,
        )
    await services.close()
