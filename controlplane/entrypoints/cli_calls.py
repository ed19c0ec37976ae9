"""``controlplane explain``: what happened to a call."""

from typing import Annotated, Any

import typer

from controlplane.entrypoints.cli_support import AsJson, database_url, load_settings, out, print_json, run, services_for


def explain(
    call: Annotated[str, typer.Argument(help="Id of the call, or its linkedid as in Asterisk's logs.")],
    as_json: AsJson = False,
) -> None:
    """Tell a call's story in words, in its location's time."""
    settings = load_settings()
    url = database_url(settings)

    async def work() -> Any:
        from controlplane.calls import door  # noqa: PLC0415 - heavy

        async with services_for(settings, url) as services, services.uow() as uow:
            return await door.explain(uow, call)

    record, lines = run(work())
    if as_json:
        print_json({"call": record.model_dump(mode="json"), "story": lines})
    else:
        out.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
