"""``controlplane explain``: what happened to a call."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from controlplane.entrypoints.cli_support import AsJson, database_url, load_settings, out, print_json, run, services_for


def explain(
    call: Annotated[str, typer.Argument(help="Id of the call, or its linkedid as in Asterisk's logs.")],
    technical: Annotated[bool, typer.Option(help="Also show channels, causes and lines of dialplan.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what happened to a call, in words and in its location's time."""
    settings = load_settings()
    url = database_url(settings)

    async def work() -> Any:
        from controlplane.calls import door  # noqa: PLC0415 - heavy

        async with services_for(settings, url) as services, services.uow() as uow:
            return await door.explain(services, uow, call)

    record, explanation = run(work())
    if as_json:
        told = explanation.model_dump(mode="json")
        print_json({"call": record.model_dump(mode="json"), "story": told["story"], "explanation": told})
        return
    lines = explanation.story
    if technical:
        lines = [*lines, "", *(line for step in explanation.steps for line in _technical(step))]
    out.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)


def _technical(step: Any) -> Iterator[str]:
    """A step as engineers look for it."""
    yield f"+{step.after_s:.3f} s  {step.what} {step.why or ''}".rstrip()
    if step.leg:
        causes = [words for words in (step.leg.sip_words, step.leg.q850_words) if words]
        yield f"    {step.leg.channel}: {step.leg.outcome}{'; ' if causes else ''}{'; '.join(causes)}"
    if step.source:
        source = step.source
        where = f"{source.file}:{source.line}" if source.file else "line not known"
        priority = f",{source.priority}" if source.priority else ""
        yield f"    {where}  {source.context},{source.exten}{priority}  {source.text}"
        if source.made_from:
            yield f"    made from {source.made_from.kind.replace('_', ' ')} {source.made_from.name}"
