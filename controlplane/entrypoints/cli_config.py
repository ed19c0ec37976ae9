"""``controlplane config``: look at what an apply would change, apply it, take it back."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from controlplane.entrypoints.cli_support import (
    AsJson,
    database_url,
    errors,
    load_settings,
    out,
    print_json,
    print_rows,
    run,
    services_for,
)

app = typer.Typer(no_args_is_help=True, help="Plan, apply and roll back the configuration.")
Organization = Annotated[str | None, typer.Option(help="Name of the organisation; default: the first.")]
Reason = Annotated[str, typer.Option(help="Why, for the history.")]
Canary = Annotated[str | None, typer.Option(help="The node that goes first; default: not the home node.")]
APPLY_S = 120.0


@app.command()
def validate(organization: Organization = None, as_json: AsJson = False) -> None:
    """Check the drafts; exit 1 when they can't be applied."""
    _show_plan(organization, as_json=as_json, changes=False)


@app.command()
def plan(organization: Organization = None, as_json: AsJson = False) -> None:
    """Show in words what an apply would change; exit 1 when it would be refused."""
    _show_plan(organization, as_json=as_json, changes=True)


@app.command()
def apply(
    reason: Reason = "", canary: Canary = None, organization: Organization = None, as_json: AsJson = False
) -> None:
    """Apply the drafts and wait until the nodes have verified them, wave by wave; exit 1 when they don't hold."""

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.release import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            release = await door.apply(services, uow, principal, reason, canary)
        return await door.wait_until_done(services, principal, release.id, APPLY_S, Progress(quiet=as_json))

    show_release(run_for(work, organization), as_json=as_json)


@app.command()
def resume(number: int, organization: Organization = None, as_json: AsJson = False) -> None:
    """Go on with a release that stopped at a node: that node is asked once more, the others follow."""

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.release import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            stopped = await door.find_by_number(uow.session, principal, number)
            release = await door.resume(services, uow, principal, stopped.id)
        return await door.wait_until_done(services, principal, release.id, APPLY_S, Progress(quiet=as_json))

    show_release(run_for(work, organization), as_json=as_json)


@app.command()
def rollback(number: int, reason: Reason = "", organization: Organization = None, as_json: AsJson = False) -> None:
    """Make an earlier release live again (its number is in the history)."""

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.release import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            wanted = await door.find_by_number(uow.session, principal, number)
            release = await door.roll_back(services, uow, principal, wanted.id, reason)
        return await door.wait_until_done(services, principal, release.id, APPLY_S)

    show_release(run_for(work, organization), as_json=as_json)


@app.command()
def history(
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    author: Annotated[str | None, typer.Option(help="Part of the author's name.")] = None,
    reason: Annotated[str | None, typer.Option(help="Part of the reason.")] = None,
    state: Annotated[str | None, typer.Option(help="Such as live, retired or rolled_back.")] = None,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Show the newest releases."""

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.release import door  # noqa: PLC0415 - heavy

        if state is not None and state not in set(door.ReleaseState):
            raise typer.BadParameter(f"no such state; try one of {', '.join(door.ReleaseState)}")
        wanted = door.ReleaseFilter(door.ReleaseState(state) if state else None, author, reason)
        async with services.uow() as uow:
            return await door.history(uow.session, principal, limit, wanted)

    rows = [
        {
            "number": one.number,
            "state": one.state.value,
            "when": one.created_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            "author": one.author,
            "reason": one.reason,
            "changes": one.changes_count,
            "back to": one.rollback_of_number,
        }
        for one in run_for(work, organization)
    ]
    print_rows(rows, as_json=as_json, empty="Nothing was applied yet.")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="`draft`, `live`, or the number of a release.")],
    new: Annotated[str, typer.Argument(help="The same.")],
    files: Annotated[bool, typer.Option(help="Also show the files as text, secrets hidden.")] = False,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Show in words what differs between two releases, or a release and the drafts."""

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.release import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            return await door.compare(services, uow, principal, old, new, files=files)

    found = run_for(work, organization)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    lines = [f"{change.action}: {change.effect}" for change in found.changes] or ["Nothing differs."]
    lines += [file.text for file in found.files or []]
    out.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)


def _show_plan(organization: str | None, *, as_json: bool, changes: bool) -> None:
    async def work(services: Any, principal: Any) -> Any:
        from controlplane.release import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            return await door.plan(services, uow, principal)

    found = run_for(work, organization)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        tell_plan(found, changes=changes)
    if not found.ok:
        raise typer.Exit(1)


def tell_plan(found: Any, *, changes: bool) -> None:
    """Prints a plan in words."""
    for problem in found.problems:
        style = "red" if problem.severity == "error" else "yellow"
        errors.print(f"{problem.severity}: {problem.path}: {problem.message} {problem.hint}", style=style, markup=False)
    if changes:
        for change in found.changes:
            out.print(f"{change.action}: {change.effect}", highlight=False, markup=False)
        out.print(f"reloads: {', '.join(found.reloads) or 'none'}", highlight=False, markup=False)
    if found.ok:
        out.print("It can be applied." if found.changes else "Nothing to apply: the drafts are what is live.")


class Progress:
    """Tells how far each node is, where there are several."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._told: dict[str, str] = {}

    def __call__(self, release: Any) -> None:
        """Prints what is new since the last time."""
        if self._quiet or len(release.nodes) < 2:
            return
        for node in sorted(release.nodes, key=lambda one: (one.wave, one.node)):
            state = node.note or node.state
            if state not in {self._told.get(node.node), "waiting"}:
                self._told[node.node] = state
                out.print(f"wave {node.wave} of {len(release.waves)}: {node.node}: {state}", highlight=False)


def show_release(release: Any, *, as_json: bool) -> None:
    """Prints how a release went; exit 1 when it isn't live."""
    if as_json:
        print_json(release.model_dump(mode="json"))
    else:
        out.print(f"Release {release.number} is {release.state.value}.", highlight=False)
        if release.stopped:
            errors.print(f"{release.stopped} Go on with: config resume {release.number}", style="red", markup=False)
        for node in release.nodes:
            out.print(f"  {node.node}: {node.state}, {node.took_ms} ms, {', '.join(node.reloads) or 'no reload'}")
            for problem in node.problems:
                errors.print(f"  {problem}", style="red", markup=False)
    if release.state.value != "live":
        raise typer.Exit(1)


def run_for(work: Callable[[Any, Any], Awaitable[Any]], organization: str | None) -> Any:
    """Runs a command's work on behalf of the system in an organisation."""
    settings = load_settings()
    url = database_url(settings)

    async def inside() -> Any:
        from controlplane.identity.door import load_organizations, system_principal  # noqa: PLC0415 - heavy

        async with services_for(settings, url) as services:
            async with services.uow() as uow:
                found = [one for one in await load_organizations(uow.session) if organization in {None, one.name}]
            if not found:
                raise typer.BadParameter(f"there is no organisation {organization!r}")
            return await work(services, system_principal(found[0].id, "command line"))

    return run(inside())
