"""The HTTP API: builds the application out of the slices' routers."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import APIRouter, FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from controlplane import __version__
from controlplane.agents import routes as agents
from controlplane.ascode import routes as ascode
from controlplane.calls import routes as calls
from controlplane.contacts import routes as contacts
from controlplane.entrypoints import declared_jobs as _declared_jobs  # noqa: F401
from controlplane.entrypoints import health
from controlplane.entrypoints.docs_page import install_docs
from controlplane.entrypoints.web_page import install_web
from controlplane.identity import routes as identity
from controlplane.nodes import routes as nodes
from controlplane.numbering import routes as numbering
from controlplane.platform import metrics
from controlplane.platform.body_limit import BodyLimit
from controlplane.platform.problem import install_problem_handlers
from controlplane.platform.security_headers import SecurityHeaders
from controlplane.platform.services import Services
from controlplane.realtime import routes as realtime
from controlplane.realtime.follower import Follower
from controlplane.rehearsal import routes as rehearsal
from controlplane.release import routes as release
from controlplane.telephony import routes as telephony

UPLOADS = (
    r"/api/v1/(prompts/[^/]+/audio|[a-z-]+/import)"
    r"|/node/v1/(facts|heartbeat|command-results|blobs|apply-reports|queue-members|uploads/.+)"
)
"""Paths whose routes look who sends before they read, and have limits of their own."""


def api_routers() -> list[APIRouter]:
    """Routers under ``/api/v1``, one line a slice."""
    return [
        agents.router, identity.router, nodes.router, numbering.router, telephony.router, release.router, ascode.router,
        contacts.router, calls.router, rehearsal.router, realtime.router,
    ]  # fmt: skip


def root_routers() -> list[APIRouter]:
    """Routers with their own paths."""
    return [
        health.router,
        metrics.router,
        nodes.node_router,
        release.node_router,
        calls.node_router,
        agents.node_router,
        rehearsal.node_router,
    ]


def make_api(services: Services) -> FastAPI:
    """The application for one process; services are opened and closed with it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services: Services = app.state.services
        await services.wakeups.start()
        app.state.follower = Follower(services)
        following = asyncio.create_task(app.state.follower.run(), name="follower")
        async with services.app.open_async():
            yield
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await services.close()

    app = FastAPI(
        title="Call Commander",
        version=__version__,
        description="Control plane for Asterisk: phone system, call tracking and analytics on your own data.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.add_middleware(BodyLimit, uploads=UPLOADS)
    app.add_middleware(SecurityHeaders)
    if proxies := services.settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
    install_problem_handlers(app)
    for router in api_routers():
        app.include_router(router, prefix="/api/v1")
    for router in root_routers():
        app.include_router(router)
    install_docs(app)
    install_web(app, services.settings)
    return app


class ApiServer(uvicorn.Server):
    """uvicorn that sends long polls away before it waits for open requests."""

    def __init__(self, config: uvicorn.Config, services: Services) -> None:
        super().__init__(config)
        self._services = services

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends within moments even with nodes waiting for news."""
        self._services.wakeups.send_away()
        await super().shutdown(sockets)


def run_api(services: Services) -> None:
    """Serves until SIGTERM."""
    settings = services.settings
    config = uvicorn.Config(
        make_api(services),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # uvicorn's own default trusts whoever connects from this machine
        ws_max_size=4096,  # listeners have nothing to say
        timeout_graceful_shutdown=3,
    )
    gc.freeze()  # what was imported stays: a full collection paused an apply at 1,000 phones by 0.1 s
    ApiServer(config, services).run()
