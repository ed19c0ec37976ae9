"""Queries of rehearsals."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.kit.destination import Kind
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.tenancy import scoped
from controlplane.rehearsal.models import FlowTestPolicy, FlowTestRun
from controlplane.rehearsal.schemas import Policy, RunState
from controlplane.telephony.flow_schemas import FlowTestFields


async def flow_tests(session: AsyncSession, org_id: UUID) -> list[tuple[UUID, FlowTestFields]]:
    """An organisation's flow tests, in order of id."""
    rows = await objects.rows_of(session, [org_id], kind=Kind.FLOW_TEST)
    return [(row.id, FlowTestFields.model_validate(row.fields)) for row in rows]


def run_list(principal: Principal) -> Select[Any]:
    """Runs that the principal may see."""
    return scoped(select(FlowTestRun), FlowTestRun, principal)


async def find_run(session: AsyncSession, principal: Principal, run_id: UUID) -> FlowTestRun | None:
    """One of them."""
    statement = run_list(principal).where(FlowTestRun.id == run_id).execution_options(populate_existing=True)
    return (await session.scalars(statement)).first()


async def get_run(session: AsyncSession, run_id: UUID) -> FlowTestRun | None:
    """A run, for the job that does it; locked, so that two jobs don't do it at once."""
    return await session.get(FlowTestRun, run_id, with_for_update=True)


async def same_run(session: AsyncSession, org_id: UUID, fingerprint: str, since: datetime) -> FlowTestRun | None:
    """The newest run of the same that came to its end since then."""
    statement = select(FlowTestRun).where(
        FlowTestRun.org_id == org_id,
        FlowTestRun.fingerprint == fingerprint,
        FlowTestRun.finished_at >= since,
        FlowTestRun.state.in_([RunState.PASSED, RunState.FAILED]),
    )
    return (await session.scalars(statement.order_by(FlowTestRun.finished_at.desc()).limit(1))).first()


async def policy_of(session: AsyncSession, org_id: UUID) -> Policy:
    """What flow tests mean for an apply of this organisation."""
    found = await session.scalar(select(FlowTestPolicy.policy).where(FlowTestPolicy.org_id == org_id))
    return Policy(found) if found else Policy.OFF


async def set_policy(session: AsyncSession, org_id: UUID, policy: Policy) -> None:
    """Sets that."""
    row = insert(FlowTestPolicy).values(org_id=org_id, policy=policy.value)
    await session.execute(row.on_conflict_do_update(index_elements=["org_id"], set_={"policy": policy.value}))


async def forget_runs(session: AsyncSession, before: datetime) -> None:
    """Deletes older runs."""
    await session.execute(delete(FlowTestRun).where(FlowTestRun.created_at < before))
