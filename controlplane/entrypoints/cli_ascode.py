"""``controlplane config export`` and ``import``: the configuration as files."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from controlplane.entrypoints.cli_config import (
    APPLY_S,
    Organization,
    Reason,
    app,
    run_for,
    show_release,
    tell_plan,
)
from controlplane.entrypoints.cli_support import AsJson, errors, out, print_json

TABLE_SUFFIX = ".csv"


@app.command("export")
def export_(
    target: Annotated[
        Path | None, typer.Option("--out", help="A .yaml file, a folder, or a .zip archive; default: print it.")
    ] = None,
    per_location: Annotated[bool, typer.Option("--per-location", help="A file for each location.")] = False,
    release: Annotated[int | None, typer.Option(min=1, help="As of the release of this number.")] = None,
    ids: Annotated[bool, typer.Option(help="With ids, so that an import makes the same objects.")] = True,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="With secrets, sealed by this installation's key.")
    ] = False,
    kind: Annotated[str | None, typer.Option(help="A table instead, as CSV: devices, extensions …")] = None,
    organization: Organization = None,
) -> None:
    """Write the draft, or a release, as YAML that people can read and change."""
    if kind is not None:
        _export_table(kind, target, organization)
        return
    if per_location and (target is None or target.suffix in {".yaml", ".yml"}):
        raise typer.BadParameter("--per-location gives several files: name a folder or a .zip with --out")

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.ascode import door  # noqa: PLC0415 - heavy

        options = door.ExportOptions(per_location=per_location, ids=ids, with_secrets=with_secrets, release=release)
        async with services.uow() as uow:
            return await door.export_tree(services, uow, principal, options)

    _put(run_for(work, organization), target)


def _put(exported: Any, target: Path | None) -> None:
    from controlplane.ascode.door import pack, write_folder  # noqa: PLC0415 - heavy

    if target is None or target.suffix in {".yaml", ".yml"}:
        [text] = exported.files.values()
        if target is None:
            typer.echo(text, nl=False)
        else:
            target.write_text(text)
        if exported.sounds:
            told = f"{len(exported.sounds)} sound files are named in it but not there: use a folder or a .zip."
            errors.print(told, style="yellow", markup=False, soft_wrap=True)
    elif target.suffix == ".zip":
        target.write_bytes(pack(exported.files, exported.sounds))
    else:
        write_folder(target, exported.files, exported.sounds)
    if target is not None:
        told = f"{target}: {len(exported.files)} YAML files, {len(exported.sounds)} sounds"
        out.print(told, highlight=False, markup=False, soft_wrap=True)


def _export_table(kind: str, target: Path | None, organization: str | None) -> None:
    table = _table(kind)

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.ascode import door  # noqa: PLC0415 - heavy

        async with services.uow() as uow:
            return await door.export_table(uow, principal, table)

    text = run_for(work, organization)
    if target is None:
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8-sig", newline="")


def _table(kind: str) -> str:
    from controlplane.ascode.door import TABLES  # noqa: PLC0415 - heavy

    table = kind.replace("-", "_")
    if table not in TABLES:
        raise typer.BadParameter(f"there is no table {kind!r}; there are {', '.join(TABLES)}")
    return table


@app.command("import")
def import_(  # noqa: PLR0913, PLR0917 - the options of one command
    path: Annotated[Path, typer.Argument(exists=True, help="A YAML file, a folder, a .zip, or a .csv table.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and change nothing.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Apply the draft at once.")] = False,
    reason: Reason = "",
    prune: Annotated[bool, typer.Option("--prune", help="Also delete what the files don't name.")] = False,
    kind: Annotated[str | None, typer.Option(help="What a .csv holds: devices, phone_numbers …")] = None,
    skip_existing: Annotated[
        bool, typer.Option("--skip-existing", help="Of a .csv: leave objects alone that are here already.")
    ] = False,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Make the draft what files say, at once or not at all, and show what an apply would change."""
    if dry_run and apply:
        raise typer.BadParameter("--dry-run changes nothing that could be applied")
    if path.suffix == TABLE_SUFFIX and kind is None:
        raise typer.BadParameter("say what the table holds, such as --kind devices")
    if prune and kind is not None:
        raise typer.BadParameter("--prune is for whole configurations: a table names objects of one kind only")

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.ascode import door  # noqa: PLC0415 - heavy
        from controlplane.release.door import apply as apply_draft  # noqa: PLC0415
        from controlplane.release.door import wait_until_done  # noqa: PLC0415

        try:
            if kind is not None:
                tree = door.read_table(_table(kind), path.name, path.read_bytes(), skip=skip_existing)
            else:
                tree = door.parse(*door.read_path(path))
            found = await door.import_tree(
                services, principal, tree, dry_run=dry_run, prune=prune, environment=os.environ.get
            )  # fmt: skip
        except door.ImportRefused as err:
            _show_problems(err, as_json=as_json)
            raise typer.Exit(1) from None
        if not apply or found.plan is None or not found.plan.ok:
            return found, None
        async with services.uow() as uow:
            release = await apply_draft(services, uow, principal, reason or f"Import of {path.name}")
        return found, await wait_until_done(services, principal, release.id, APPLY_S)

    found, release = run_for(work, organization)
    _show_import(found, release, as_json=as_json)
    if apply and not (found.plan and found.plan.ok):
        raise typer.Exit(1)


def _show_problems(err: Any, *, as_json: bool) -> None:
    from controlplane.ascode.door import in_words  # noqa: PLC0415 - heavy

    if as_json:
        print_json(err.document())
    for one in err.problems[:200]:
        errors.print(in_words(one), style="red", highlight=False, markup=False, soft_wrap=True)
    errors.print(f"{len(err.problems)} problems; nothing was changed.", style="red", markup=False, soft_wrap=True)


def _show_import(found: Any, release: Any, *, as_json: bool) -> None:
    if as_json:
        made = None if release is None else release.model_dump(mode="json")
        print_json({**found.model_dump(mode="json"), "release": made})
        return
    words = "would be " if found.dry_run else ""
    counts = ", ".join(
        f"{getattr(found, name)} {words}{name}" for name in ("created", "updated", "deleted")
    )  # fmt: skip
    out.print(f"{counts}, {found.unchanged} unchanged", highlight=False, markup=False, soft_wrap=True)
    if found.left_alone:
        out.print(f"{found.left_alone} here are not in the files; --prune deletes them.", markup=False, soft_wrap=True)
    for secret in found.made_up:
        out.print(f"made up: {secret}", highlight=False, markup=False, soft_wrap=True)
    if found.plan is not None:
        tell_plan(found.plan, changes=True)
    if release is not None:
        show_release(release, as_json=False)
