"""Is it alive, is it ready."""

import asyncio

from fastapi import APIRouter, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from controlplane.entrypoints import system
from controlplane.platform.services import ServicesDep

router = APIRouter(tags=["system"])
router.include_router(system.router)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(services: ServicesDep, response: Response) -> dict[str, str]:
    """Each dependency by name; 503 when one that we need is away. Without Redis we go on, limits count per process."""
    state = {"postgresql": "ok"}
    try:
        async with asyncio.timeout(3), services.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, TimeoutError, OSError):
        state["postgresql"] = "away"
        response.status_code = 503
    redis = await services.limiter.redis_answers()
    if redis is not None:
        state["redis"] = "ok" if redis else "away"
    return state
