"""``controlplane simulate`` and ``flow-tests``: what would happen to calls."""

import time
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from controlplane.entrypoints.cli_config import Organization, run_for
from controlplane.entrypoints.cli_support import AsJson, errors, out, print_json

LOOK_S = 1.0
"""How long a look at a run waits for its end: what came until then is told."""
STANDSTILL_S = 180.0
"""A portion takes seconds; before it others' rehearsals may be played."""


def simulate(  # noqa: PLR0913, PLR0917 - an option each
    number: Annotated[str, typer.Argument(help="One of our numbers, as +12025550123.")],
    caller: Annotated[str | None, typer.Option(help="Who calls; default: a hidden number.")] = None,
    at: Annotated[str | None, typer.Option(help="When, as 2026-12-25T10:00:00-05:00; default: now.")] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="What the caller presses, once for each time that a menu listens.")
    ] = None,
    phone: Annotated[
        list[str] | None, typer.Option(help="201=busy: an extension or device is free, busy, no_answer or away.")
    ] = None,
    others: Annotated[str, typer.Option(help="How all other phones are.")] = "free",
    outside: Annotated[str, typer.Option(help="How whoever is called through a carrier behaves.")] = "free",
    live: Annotated[bool, typer.Option("--live", help="What is in force, not the drafts.")] = False,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Play a call through the rendered dialplan without making it, and say where it goes."""

    async def work(services: Any, principal: Any) -> Any:
        from pydantic import ValidationError  # noqa: PLC0415 - heavy

        from controlplane.rehearsal import door  # noqa: PLC0415 - heavy

        wanted = {
            "number": number, "caller": caller, "moment": at, "keys": key or [], "phones": _pairs(phone or []),
            "others": others, "outside": outside, "source": "live" if live else "draft",
        }  # fmt: skip
        try:
            request = door.SimulationRequest.model_validate(wanted)
        except ValidationError as err:
            fault = err.errors()[0]
            raise typer.BadParameter(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from err
        return await door.simulate(services, principal, request)

    told = run_for(work, organization)
    if as_json:
        print_json(told.model_dump(mode="json"))
    else:
        out.print("\n".join(_lines(told)), highlight=False, markup=False, soft_wrap=True)


def _pairs(phones: Sequence[str]) -> dict[str, str]:
    if wrong := next((one for one in phones if "=" not in one), None):
        raise typer.BadParameter(f"--phone {wrong}: write it as 201=busy")
    return dict(one.split("=", 1) for one in phones)


def _lines(told: Any) -> list[str]:
    lines = [f"{told.number} at {told.moment.isoformat()} ({told.source} configuration)"]
    for step in told.steps:
        waits = f"  (at most {step.longest_s:g} s)" if step.longest_s is not None else ""
        lines.append(f"  {step.words}{waits}")
    lines.append("The caller hears: " + (", ".join(f'"{one.words}"' for one in told.hears) or "nothing"))
    return [*lines, f"It ends: {told.end.how}: {told.end.words}"]


def flow_tests(
    live: Annotated[bool, typer.Option("--live", help="On what is in force, not the drafts.")] = False,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Run all flow tests and follow them; exit 1 when one fails or can't be played."""

    async def work(services: Any, principal: Any) -> Any:
        from controlplane.rehearsal import door  # noqa: PLC0415 - heavy

        wanted = door.RunRequest(source=door.Source.LIVE if live else door.Source.DRAFT)
        async with services.uow() as uow:
            run = await door.start_run(uow, principal, wanted)
        told, until = 0, time.monotonic() + STANDSTILL_S
        while True:
            found = await door.read_run(services, principal, run.id, LOOK_S)
            if found.done > told:
                until = time.monotonic() + STANDSTILL_S
            if not as_json:
                _tell_results(found, told)
            told = found.done
            if found.finished_at is not None or time.monotonic() > until:
                return found

    run = run_for(work, organization)
    if as_json:
        print_json(run.model_dump(mode="json"))
    else:
        stuck = "" if run.finished_at else f"Nothing went on for {STANDSTILL_S:.0f} s: does the system run here?"
        if problem := run.detail or stuck:
            errors.print(problem, style="red", highlight=False, markup=False, soft_wrap=True)
        out.print(f"{run.done - run.failed} of {run.total} hold.", highlight=False)
    if run.state.value != "passed":
        raise typer.Exit(1)


def _tell_results(run: Any, told: int) -> None:
    for number, one in enumerate(run.results[told:], told + 1):
        word = "holds" if one.passed else "FAILS"
        out.print(f"{number} of {run.total} {word}: {one.name}", highlight=False, markup=False, soft_wrap=True)
        for problem in one.problems:
            out.print(f"  {problem}", highlight=False, markup=False, soft_wrap=True)
