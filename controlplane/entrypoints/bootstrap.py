"""What must be there before anything runs: the newest tables, a first admin, a way in for the local node."""

from controlplane.identity.door import ensure_first_admin
from controlplane.nodes.door import admit_code, ensure_local_node_code
from controlplane.platform.migrate import migrate
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings


async def bootstrap(settings: Settings, database_url: str) -> dict[str, str | None]:
    """Safe to run again. Returns what only the first run can tell, beside the node's one-time code."""
    await migrate(database_url)
    services = make_services(settings, database_url)
    admin = await ensure_first_admin(services)
    if settings.enrolment_code:
        await admit_code(services, settings.node_name, settings.enrolment_code.get_secret_value())
        code = None
    else:
        code = await ensure_local_node_code(services)
    await services.close()
    return {
        "admin_email": admin.email if admin else None,
        "admin_password": admin.password if admin else None,
        "enrolment_code": code,
    }
