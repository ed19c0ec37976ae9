"""Whether a played call went the way that its test wants, and in words what was otherwise. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from controlplane.kit.destination import Destination, DestinationKind
from controlplane.rehearsal.schemas import Heard, Place, SimulationRead, TestResult
from controlplane.telephony.flow_schemas import Expectation, FlowTestFields

Wanted = TypeVar("Wanted")
Found = TypeVar("Found")


def judge(test_id: UUID, test: FlowTestFields, played: SimulationRead, names: Mapping[UUID, str]) -> TestResult:
    """One test's result. ``names``: of all objects, for what was expected."""
    problems = list(_problems(test.expect, played, names))
    return TestResult(
        id=test_id, name=test.name, passed=not problems, problems=problems, path=[step.words for step in played.steps]
    )


def impossible(test_id: UUID, test: FlowTestFields, problem: str) -> TestResult:
    """The result of a test that can't be played at all, such as one of a number that is gone."""
    return TestResult(id=test_id, name=test.name, passed=False, problems=[problem], path=[])


def _problems(expect: Expectation, played: SimulationRead, names: Mapping[UUID, str]) -> Iterator[str]:
    missing = _first_missing(expect.passes, played.passes, _is)
    if missing is not None:
        wanted = " → ".join(_wanted(one, names) for one in expect.passes)
        found = " → ".join(_place(one) for one in played.passes) or "nothing"
        yield f"Expected to pass {wanted}; {_wanted(missing, names)} is not passed there. The call passes {found}."
    if expect.ends is not None and expect.ends != played.end.how:
        yield f"Expected the end: {expect.ends}. It ends: {played.end.how} ({played.end.words})."
    if expect.ends_at is not None and not _ends_at(expect.ends_at, played):
        where = _place(played.end.object) if played.end.object else "nowhere"
        yield f"Expected to end at {_wanted(expect.ends_at, names)}. It ends at {where} ({played.end.words})."
    unheard = _first_missing(expect.hears, played.hears, _says)
    if unheard is not None:
        heard = ", ".join(f'"{one.words}"' for one in played.hears) or "nothing"
        yield f'Expected to hear "{unheard}" then. The caller hears {heard}.'


def _ends_at(wanted: Destination, played: SimulationRead) -> bool:
    if wanted.kind == DestinationKind.HANGUP:
        return played.end.how == "hangup"
    return played.end.object is not None and _is(wanted, played.end.object)


def _first_missing(
    wanted: Iterable[Wanted], found: Sequence[Found], fits: Callable[[Wanted, Found], bool]
) -> Wanted | None:
    """The first of the wanted that does not come, in this order, among the found."""
    rest = iter(found)
    for one in wanted:
        if not any(fits(one, other) for other in rest):
            return one
    return None


def _is(wanted: Destination, found: Place) -> bool:
    if wanted.kind == DestinationKind.EXTERNAL_NUMBER:
        return found.kind == wanted.kind and found.name == wanted.number
    return wanted.id == found.id


def _says(wanted: str, heard: Heard) -> bool:
    said = [heard.words, heard.prompt.name if heard.prompt else ""]
    return any(wanted.casefold() in one.casefold() for one in said)


def _wanted(wanted: Destination, names: Mapping[UUID, str]) -> str:
    if wanted.id is None:
        return wanted.number or "a hang-up"
    return f"{_kind(wanted.kind)} {names.get(wanted.id, 'that is gone')}"


def _place(place: Place) -> str:
    return f"{_kind(place.kind)} {place.name}"


def _kind(kind: str) -> str:
    return kind.replace("_", " ").replace("ivr", "IVR")
