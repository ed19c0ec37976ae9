"""``controlplane user``: who may log in."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from controlplane.entrypoints.cli_support import (
    AsJson,
    database_url,
    load_settings,
    print_json,
    print_rows,
    run,
    services_for,
)

app = typer.Typer(no_args_is_help=True, help="Who may log in.")


@app.command()
def create(
    email: str,
    name: Annotated[str, typer.Option(help="What people call them.")],
    role: Annotated[str, typer.Option(help="admin, manager, executive, staff, or one of your own.")] = "staff",
    organization: Annotated[str | None, typer.Option(help="Name; default: the first organisation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a user; the password is made up and shown once."""

    async def work(services: Any) -> dict[str, Any]:
        from controlplane.identity import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            org = await _organization(uow.session, organization)
            principal = replace(door.system_principal(org.id, "command line"), installation_admin=True)
            wanted = door.UserWrite(email=email, name=name, role=role)
            user, _, password = await door.create_user(uow, principal, wanted)
            return {"id": user.id, "email": user.email, "role": role, "password": password}

    made = _run(work)
    if as_json:
        print_json(made)
    else:
        typer.echo(f"{made['email']} can log in with the password {made['password']} (shown only now)")


@app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """Show everybody."""

    async def work(services: Any) -> list[dict[str, Any]]:
        from controlplane.identity import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            users = await door.list_users(uow.session)
        return [{"email": one.email, "name": one.name, "role": one.role, "disabled": one.disabled} for one in users]

    print_rows(_run(work), as_json=as_json, empty="Nobody can log in yet.")


@app.command()
def disable(email: str) -> None:
    """Shut a user out at once."""

    async def work(services: Any) -> None:
        from controlplane.identity import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            await door.disable_user(uow, email)

    _run(work)
    typer.echo(f"{email} can no longer log in.")


async def _organization(session: Any, name: str | None) -> Any:
    from controlplane.identity import door  # noqa: PLC0415 - heavy

    found = [one for one in await door.load_organizations(session) if name in {None, one.name}]
    if not found:
        raise typer.BadParameter(f"there is no organisation {name!r}")
    return found[0]


def _run(work: Any) -> Any:
    settings = load_settings()
    url = database_url(settings)

    async def inside() -> Any:
        async with services_for(settings, url) as services:
            return await work(services)

    return run(inside())
