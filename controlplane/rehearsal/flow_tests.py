"""Runs flow tests: on demand as a job, and before an apply."""

import contextlib
import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID

from controlplane.identity.door import audit, get_organization, require_match
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.platform import wakeups
from controlplane.platform.auth import Principal
from controlplane.platform.etag import content_etag
from controlplane.platform.problem import ControlPlaneError, Invalid, NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.rehearsal import repository
from controlplane.rehearsal.judging import impossible, judge
from controlplane.rehearsal.models import FlowTestRun
from controlplane.rehearsal.schemas import (
    Policy,
    PolicyRead,
    RunRead,
    RunRequest,
    RunState,
    SimulationRead,
    Source,
    TestResult,
)
from controlplane.rehearsal.service import Stage, perform, set_stage, stage_of
from controlplane.release.door import Compiled, ProblemRead, require_everywhere
from controlplane.telephony.flow_schemas import FlowTestFields

PORTION = 5
"""So many calls go to the node at once: progress shows after each, and others' rehearsals come between."""
RUNS_KEPT = timedelta(days=90)
RUN_GOOD_FOR = timedelta(minutes=10)
"""An apply takes over the results of a run of the same: whoever watched it needn't wait for another. Not for longer:
tests without a moment are played at the time of day it is.
"""

Tests = Sequence[tuple[UUID, FlowTestFields]]


async def start_run(uow: UnitOfWork, principal: Principal, wanted: RunRequest) -> FlowTestRun:
    """Asks for a run; the job does it.

    Raises:
        Invalid: A test is named that isn't there.
        Forbidden: The principal has rights in some locations only.
    """
    require_everywhere(principal, "A run of flow tests")
    there = {id_ for id_, _ in await repository.flow_tests(uow.session, principal.org_id)}
    unknown = set(wanted.flow_test_ids or ()) - there
    if unknown:
        raise Invalid.field("flow_test_ids", f"there is no flow test {min(map(str, unknown))}")
    ids = sorted(map(str, there if wanted.flow_test_ids is None else wanted.flow_test_ids))
    run = _new_run(principal, wanted.source, "asked", ids)
    uow.session.add(run)
    await uow.session.flush()
    await audit(
        uow, principal, action="flow_test.run", kind="flow_test_run", object_id=run.id, after={"tests": len(ids)}
    )
    # One run at a time: a node has one shadow, and the other jobs need their workers.
    await uow.defer("rehearsal.run", lock="rehearsal", run_id=str(run.id), org_id=str(run.org_id))
    return run


def _new_run(principal: Principal, source: Source, reason: str, ids: list[str]) -> FlowTestRun:
    return FlowTestRun(
        id=new_id(), org_id=principal.org_id, state=RunState.WAITING, source=source, reason=reason,
        author=principal.label, wanted=ids, total=len(ids), results=[], created_at=clock.now(),
    )  # fmt: skip


async def do_run(services: Services, principal: Principal, run_id: UUID) -> None:
    """Plays a run's tests and notes the results as they come. Safe to repeat: it begins anew."""
    async with services.uow() as uow:
        run = await repository.get_run(uow.session, run_id)
        if run is None or run.finished_at is not None:
            return
        run.state, run.results = RunState.RUNNING, []
        tests = [one for one in await repository.flow_tests(uow.session, run.org_id) if str(one[0]) in run.wanted]
        source = Source(run.source)
    with contextlib.suppress(ControlPlaneError):  # the run tells of it
        async with _to_its_end(services, run_id):
            stage = await set_stage(services, principal, source)
            await _note_what(services, run_id, _fingerprint(stage, tests))
            async for results in played(services, stage, tests):
                await _note(services, run_id, results)


@contextlib.asynccontextmanager
async def _to_its_end(services: Services, run_id: UUID) -> AsyncIterator[None]:
    """Notes how a run ended, whatever happens in it."""
    try:
        yield
    except ControlPlaneError as err:
        await _finish(services, run_id, err.detail)
        raise
    except Exception:
        await _finish(services, run_id, "The run broke off by a fault of ours; the log has it.")
        raise
    await _finish(services, run_id, "")


async def played(services: Services, stage: Stage, tests: Tests) -> AsyncIterator[list[TestResult]]:
    """Plays tests portion by portion.

    Raises:
        RehearsalFailed: The node is away, or its shadow can't play.
    """
    names = {item.id: item.fields.name for item in stage.compiled.configuration.objects}
    for start in range(0, len(tests), PORTION):
        portion = tests[start : start + PORTION]
        found = await _perform_each(services, stage, portion)
        yield [
            impossible(id_, test, outcome) if isinstance(outcome, str) else judge(id_, test, outcome, names)
            for (id_, test), outcome in zip(portion, found, strict=True)
        ]


async def _perform_each(services: Services, stage: Stage, tests: Tests) -> list[SimulationRead | str]:
    """All together; if one of them can't be played at all, one by one, to say which and why."""
    try:
        return [*await perform(services, stage, [test.given for _, test in tests])]
    except Invalid as err:
        if len(tests) == 1:
            return [err.detail]
    return [outcome for one in tests for outcome in await _perform_each(services, stage, [one])]


def _fingerprint(stage: Stage, tests: Tests) -> str:
    """The same for the same tests on the same configuration."""
    said = [stage.digest, *(f"{id_} {test.model_dump_json()}" for id_, test in tests)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


async def _note_what(services: Services, run_id: UUID, fingerprint: str) -> None:
    async with services.uow() as uow:
        run = await repository.get_run(uow.session, run_id)
        if run is not None:
            run.fingerprint = fingerprint


async def _note(services: Services, run_id: UUID, results: Sequence[TestResult]) -> None:
    async with services.uow() as uow:
        run = await repository.get_run(uow.session, run_id)
        if run is not None:
            run.results = [*run.results, *(one.model_dump(mode="json") for one in results)]
            await uow.session.flush()
            await uow.wake(f"flow-test-run:{run_id}")


async def _finish(services: Services, run_id: UUID, detail: str) -> None:
    async with services.uow() as uow:
        run = await repository.get_run(uow.session, run_id)
        if run is not None:
            held = all(one["passed"] for one in run.results)
            run.state = RunState.BROKEN if detail else RunState.PASSED if held else RunState.FAILED
            run.detail, run.finished_at = detail, clock.now()
            await uow.session.flush()
            await uow.wake(f"flow-test-run:{run_id}")


async def read_run(services: Services, principal: Principal, run_id: UUID, wait_s: float) -> RunRead:
    """A run, at once when it is done, else when it is or the time is up.

    Raises:
        NotFound: No such run.
        Forbidden: The principal has rights in some locations only: results tell of calls at all of them.
    """
    require_everywhere(principal, "A run of flow tests")
    deadline = time.monotonic() + wait_s
    with services.wakeups.subscribe(f"flow-test-run:{run_id}") as woken:
        while True:
            async with services.uow() as uow:
                run = await repository.find_run(uow.session, principal, run_id)
            if run is None:
                raise NotFound("There is no such run of flow tests.", hint="Look at GET /flow-tests/runs.")
            left_s = deadline - time.monotonic()
            if run.finished_at is not None or left_s <= 0:
                return present(run)
            await wakeups.wait(woken, min(left_s, 2.0))


def present(run: FlowTestRun) -> RunRead:
    """A run as people see it."""
    results = [TestResult.model_validate(one) for one in run.results]
    return RunRead(
        id=run.id, state=RunState(run.state), source=Source(run.source), reason=run.reason, author=run.author,
        total=run.total, done=len(results), failed=sum(not one.passed for one in results), detail=run.detail,
        results=results, created_at=run.created_at, finished_at=run.finished_at,
    )  # fmt: skip


# Before an apply


async def before_apply(services: Services, principal: Principal, candidate: Compiled) -> list[ProblemRead]:
    """Plays the flow tests on what is about to be applied; errors refuse the apply, warnings stay with the release.

    A run of the same tests on the same configuration that ended minutes ago counts as well.
    """
    async with services.uow() as uow:
        policy = await repository.policy_of(uow.session, principal.org_id)
        tests = [] if policy == Policy.OFF else await repository.flow_tests(uow.session, principal.org_id)
    if not tests:
        return []
    severity = "error" if policy == Policy.BLOCK else "warning"
    try:
        stage = await stage_of(services, candidate, Source.DRAFT)
        results = await _known_results(services, principal, _fingerprint(stage, tests))
        if results is None:
            results = await _played_now(services, principal, stage, tests)
    except ControlPlaneError as err:
        return [_problem(severity, "flow_tests", None, f"The flow tests could not be played: {err.detail}")]
    return [
        _problem(severity, f"flow_tests/{one.name}", one.id, f"Flow test {one.name} fails: {' '.join(one.problems)}")
        for one in results
        if not one.passed
    ]


async def _known_results(services: Services, principal: Principal, fingerprint: str) -> list[TestResult] | None:
    async with services.uow() as uow:
        since = clock.now() - RUN_GOOD_FOR
        found = await repository.same_run(uow.session, principal.org_id, fingerprint, since)
        return present(found).results if found else None


async def _played_now(services: Services, principal: Principal, stage: Stage, tests: Tests) -> list[TestResult]:
    run = _new_run(principal, Source.DRAFT, "apply", [str(id_) for id_, _ in tests])
    run.fingerprint = _fingerprint(stage, tests)
    async with services.uow() as uow:
        uow.session.add(run)
    found: list[TestResult] = []
    async with _to_its_end(services, run.id):
        async for results in played(services, stage, tests):
            found += results
            await _note(services, run.id, results)
    return found


def _problem(severity: str, path: str, test_id: UUID | None, message: str) -> ProblemRead:
    return ProblemRead.model_validate(
        {
            "severity": severity, "slug": "flow-test-failed", "path": path, "kind": "flow_test", "id": test_id,
            "message": message,
            "hint": "Correct the configuration or the test, or set the policy of flow tests to warn.",
        }
    )  # fmt: skip


async def set_policy(uow: UnitOfWork, principal: Principal, policy: Policy, if_match: str | None) -> None:
    """Says what flow tests mean for an apply.

    Raises:
        Stale: Somebody else has said otherwise since it was read.
        Forbidden: The principal has rights in some locations only.
    """
    require_everywhere(principal, "What flow tests mean for an apply")
    await get_organization(uow, principal, principal.org_id, for_change=True)  # two who say so come one by one
    before = await repository.policy_of(uow.session, principal.org_id)
    tag = content_etag(PolicyRead(policy=before))
    await require_match(uow, if_match, tag, kind="organization", object_id=principal.org_id)
    await repository.set_policy(uow.session, principal.org_id, policy)
    await audit(
        uow, principal, action="flow_test.policy", kind="organization", object_id=principal.org_id,
        before={"policy": before}, after={"policy": policy},
    )  # fmt: skip
