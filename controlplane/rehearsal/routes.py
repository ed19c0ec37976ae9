"""REST resources of rehearsals and flow tests, and the staged bundles that nodes fetch."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from controlplane.identity.door import requires
from controlplane.nodes.door import NodeIdentity, signed_node
from controlplane.objects.door import object_router
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch, tagged
from controlplane.platform.listing import ListQuery, Page, fetch_page, list_query
from controlplane.platform.services import ServicesDep, Uow
from controlplane.protocol.bundle import SignedManifest
from controlplane.rehearsal import flow_tests, generating, repository, service
from controlplane.rehearsal.models import FlowTestRun
from controlplane.rehearsal.schemas import (
    Generated,
    GenerateRequest,
    PolicyRead,
    RunRead,
    RunRequest,
    RunState,
    SimulationRead,
    SimulationRequest,
)
from controlplane.release import door as release
from controlplane.release.door import require_everywhere
from controlplane.telephony.flow_schemas import FlowTestFields

simulations = APIRouter(tags=["simulations"])
tests = APIRouter(prefix="/flow-tests", tags=["flow-tests"])
node_router = APIRouter(prefix="/node/v1", tags=["node link"], include_in_schema=False)

MayRead = Annotated[Principal, Depends(requires("config:read"))]
MayReadTests = Annotated[Principal, Depends(requires("flow-tests:read"))]
MayWriteTests = Annotated[Principal, Depends(requires("flow-tests:write"))]


@simulations.post("/simulations", summary="Play a call without making it")
async def simulate(services: ServicesDep, principal: MayRead, wanted: SimulationRequest) -> SimulationRead:
    """Runs a hypothetical call through the rendered dialplan, on a second Asterisk that no phone can reach.

    Says step by step where the call goes, what the caller hears, where it ends, and how long each wait may last.
    Changes nothing. 503 `rehearsal-failed` when the number's node is away.
    """
    return await service.simulate(services, principal, wanted)


@tests.post("/runs", status_code=202, summary="Run flow tests")
async def start_run(uow: Uow, principal: MayReadTests, wanted: RunRequest) -> RunRead:
    """Plays all tests, or those that are named, on the draft or on what is live.

    Follow it with `GET /flow-tests/runs/{id}?wait_s=20`: `done` of `total`, and each test's result as it comes.
    """
    return flow_tests.present(await flow_tests.start_run(uow, principal, wanted))


@tests.get("/runs", summary="List runs of flow tests")
async def list_runs(
    uow: Uow,
    principal: MayReadTests,
    query: Annotated[ListQuery, Depends(list_query)],
    state: Annotated[RunState | None, Query()] = None,
) -> Page[RunRead]:
    """Runs, newest first; they are kept for 90 days."""
    require_everywhere(principal, "The list of runs")
    statement = repository.run_list(principal)
    if state is not None:
        statement = statement.where(FlowTestRun.state == state)
    rows, cursor, total = await fetch_page(
        uow.session, statement, FlowTestRun, query, sortable={"created_at": FlowTestRun.created_at},
        default_sort="-created_at",
    )  # fmt: skip
    return Page(items=[flow_tests.present(row) for row in rows], next_cursor=cursor, total=total)


@tests.get("/runs/{run_id}", summary="Read a run of flow tests")
async def get_run(
    services: ServicesDep,
    principal: MayReadTests,
    run_id: UUID,
    wait_s: Annotated[
        float, Query(ge=0, le=30, description="Answer at once when it is done, at the latest after.")
    ] = 0,
) -> RunRead:
    """How far it is; for each test that is done what was expected, what would happen, and the call in words."""
    return await flow_tests.read_run(services, principal, run_id, wait_s)


@tests.post("/generate", summary="Make flow tests out of how calls go now")
async def generate(services: ServicesDep, principal: MayWriteTests, wanted: GenerateRequest) -> Generated:
    """For each number: open, closed, on a holiday, everybody busy, nobody there. By default only shows them.

    What the calls do now becomes what the tests expect: read them before you trust them.
    """
    return await generating.generate(services, principal, wanted)


@tests.get("/policy", summary="Read what flow tests mean for an apply")
async def get_policy(uow: Uow, principal: MayReadTests, response: Response) -> PolicyRead:
    """`off`, `warn` or `block`."""
    return tagged(response, PolicyRead(policy=await repository.policy_of(uow.session, principal.org_id)))


@tests.put("/policy", summary="Say what flow tests mean for an apply")
async def put_policy(
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("config:apply"))],
    wanted: PolicyRead,
    if_match: IfMatch,
    response: Response,
) -> PolicyRead:
    """With `warn` failing tests stand among the release's problems, with `block` they refuse the apply.

    A roll-back is never refused: the way back must be short.
    """
    await flow_tests.set_policy(uow, principal, wanted.policy, if_match)
    return tagged(response, wanted)


router = APIRouter()
router.include_router(simulations)
router.include_router(tests)  # before the objects: their ids would take `runs` for one
router.include_router(object_router(FlowTestFields, "flow-tests"))


@node_router.get("/rehearsals/{digest}")
async def staged_manifest(
    services: ServicesDep, node: Annotated[NodeIdentity, Depends(signed_node)], digest: str
) -> SignedManifest:
    """A staged bundle for this node's shadow."""
    return release.read_staged(services, node.name, digest)
