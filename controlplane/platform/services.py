"""What a process of the control plane holds: settings and ports, wired once in the entrypoint."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from procrastinate import App
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.platform.crypto import Crypto, load_secret_key
from controlplane.platform.db import make_engine, make_sessions
from controlplane.platform.jobs import make_app
from controlplane.platform.ratelimit import Limiter
from controlplane.platform.settings import Settings
from controlplane.platform.storage import Storage
from controlplane.platform.uow import UnitOfWork, UnitOfWorkFactory
from controlplane.platform.wakeups import Wakeups


@dataclass(frozen=True)
class Services:
    """Ports of one process."""

    settings: Settings
    database_url: str
    engine: AsyncEngine
    app: App
    uow: UnitOfWorkFactory
    crypto: Crypto
    storage: Storage
    wakeups: Wakeups
    limiter: Limiter

    async def close(self) -> None:
        """Lets go of connections."""
        await self.wakeups.stop()
        await self.limiter.close()
        await self.engine.dispose()


def make_services(settings: Settings, database_url: str) -> Services:
    """Builds the ports; opens nothing yet."""
    engine = make_engine(database_url)
    app = make_app(database_url)
    return Services(
        settings=settings,
        database_url=database_url,
        engine=engine,
        app=app,
        uow=UnitOfWorkFactory(make_sessions(engine), app),
        crypto=Crypto(load_secret_key(settings)),
        storage=Storage(settings.data_dir / "objects"),
        wakeups=Wakeups(database_url),
        limiter=Limiter(settings.redis_url.get_secret_value() if settings.redis_url else None),
    )


def get_services(request: Request) -> Services:
    """The process's services, for routes."""
    services: Services = request.app.state.services
    return services


async def get_uow(services: Annotated[Services, Depends(get_services)]) -> AsyncIterator[UnitOfWork]:
    """One unit of work per request, committed before the answer leaves."""
    async with services.uow() as uow:
        yield uow


ServicesDep = Annotated[Services, Depends(get_services)]
Uow = Annotated[UnitOfWork, Depends(get_uow, scope="function")]
