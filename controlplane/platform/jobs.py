"""Background jobs on procrastinate: born in the transaction of the data they are about.

A slice declares a job with ``@job("slice.verb", queue=Queue.CALL)``; a unit of work defers it by name. Every job is
safe to run twice and gets ids only. A job that fails for good stays in the table with status ``failed``: a dead letter.
"""

import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

import procrastinate
import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from prometheus_client import Counter, Histogram
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.platform.db import plain_url

log = structlog.get_logger(__name__)
STARTED = Counter("cp_jobs_started_total", "Jobs started", ["job"])
FAILED = Counter("cp_jobs_failed_total", "Runs of a job that raised", ["job"])
TOOK = Histogram("cp_job_seconds", "Time of one run", ["job"])


class Queue(StrEnum):
    """Queues by what a delay would hurt."""

    CONTROL = "control"  # applying configuration
    CALL = "call"  # folding facts into call records
    WEBHOOK = "webhook"  # to and from others, mail
    MEDIA = "media"  # CPU-bound, its own worker: prompts, transcripts
    ROLLUP = "rollup"  # housekeeping, reports, retention


MAX_ATTEMPTS = 6
RETRY = procrastinate.RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=4)
"""7 runs in all: 4 s, 16 s, 64 s … between them, about an hour and a half altogether."""

JobBody = Callable[..., Awaitable[None]]
_declared: list[Callable[[App], None]] = []


def job(
    name: str, *, queue: Queue, retry: procrastinate.RetryStrategy | bool = RETRY, cron: str | None = None
) -> Callable[[JobBody], JobBody]:
    """Declares a job. The body gets the Services of its process, then the deferred arguments by name.

    Args:
        name: ``slice.verb``.
        queue: Which worker runs it.
        retry: When to try again; False for jobs that come by themselves again.
        cron: Five-field schedule in UTC for jobs that run by the clock, once in the whole fleet.
    """

    def declare(body: JobBody) -> JobBody:
        async def run(context: JobContext, /, **arguments: Any) -> None:
            arguments.pop("timestamp", None)  # given to scheduled jobs only
            with structlog.contextvars.bound_contextvars(job=name, job_id=context.job.id, **arguments):
                STARTED.labels(name).inc()
                begun = time.perf_counter()
                try:
                    await body(context.additional_context["services"], **arguments)
                except Exception:
                    FAILED.labels(name).inc()
                    log.exception("job failed", attempt=context.job.attempts + 1)
                    raise
                finally:
                    TOOK.labels(name).observe(time.perf_counter() - begun)

        def add_to(app: App) -> None:
            task = app.task(name=f"cp:{name}", queue=queue.value, retry=retry, pass_context=True)(run)
            if cron:
                app.periodic(cron=cron, periodic_id=name)(task)  # type: ignore[arg-type] # takes timestamp in **arguments

        _declared.append(add_to)
        return body

    return declare


@job("platform.take_up_stalled", queue=Queue.CONTROL, retry=False, cron="* * * * *")
async def take_up_stalled(services: Any) -> None:
    """Gives jobs back whose worker died over them and has been silent for half a minute.

    A job that kills its worker again and again ends as a dead letter, and one whose place in the queue was taken
    meanwhile is not needed any more.
    """
    manager: JobManager = services.app.job_manager
    for stalled in await manager.get_stalled_jobs():
        log.warning("a worker died over a job", stalled=stalled.task_name, stalled_id=stalled.id)
        given_up = stalled.attempts >= MAX_ATTEMPTS
        try:
            if not given_up:
                await manager.retry_job(stalled)
        except UniqueViolation:
            given_up = True
        if given_up:
            await manager.finish_job(stalled, Status.FAILED, delete_job=False)


def make_app(database_url: str) -> App:
    """A procrastinate app; a process may have several. Slices' ``jobs`` modules must be imported before.

    Not by a blueprint: adding one to an app renames its tasks, so a second app would know none of them.
    """
    # A worker that has lost the database ends when its pool gives up, and is started anew: that must not take long.
    connector = PsycopgConnector(conninfo=plain_url(database_url), min_size=1, max_size=6, timeout=5.0)
    app = App(connector=connector)
    for add_to in _declared:
        add_to(app)
    return app


async def defer(
    app: App,
    session: AsyncSession,
    name: str,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    delay_s: int = 0,
    **arguments: Any,
) -> bool:
    """Adds a job in the session's transaction.

    Args:
        app: The process's app.
        session: Whose transaction the job belongs to.
        name: As declared.
        lock: Jobs with the same lock run one after the other.
        queueing_lock: At most one waiting job with this name; another is not added.
        delay_s: Not before so many seconds.
        arguments: Ids only, JSON values.

    Returns:
        False when one was waiting already.
    """
    options: dict[str, Any] = {"lock": lock, "queueing_lock": queueing_lock}
    if delay_s:
        options["schedule_in"] = {"seconds": delay_s}
    try:
        async with session.begin_nested():
            connection = await session.connection()  # asked for inside: this is what sends the SAVEPOINT
            raw: AsyncConnection[Any] = (await connection.get_raw_connection()).driver_connection  # type: ignore[assignment]
            options["connection"] = raw
            await app.configure_task(f"cp:{name}", allow_unknown=False, **options).defer_async(**arguments)
    except AlreadyEnqueued:
        return False
    return True
