"""Background workers: jobs by queue."""

from controlplane.entrypoints import declared_jobs as _declared_jobs  # noqa: F401
from controlplane.platform.jobs import Queue
from controlplane.platform.services import Services


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
