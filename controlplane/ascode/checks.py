"""What must hold between objects once an import is done: unique keys, nobody names what goes, parts fit together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from uuid import UUID

from controlplane.ascode.deciding import Decision
from controlplane.ascode.decode import place, steps
from controlplane.ascode.here import Existing, Here
from controlplane.ascode.schemas import ImportProblem
from controlplane.ascode.shape import LOCATION
from controlplane.ascode.tree import Item, section, shape_of_kind
from controlplane.objects import door as objects
from controlplane.objects.schemas import MustFit, ObjectFields
from controlplane.platform.auth import Principal

State = Mapping[UUID, ObjectFields]
Owners = Mapping[UUID | str, tuple[UUID, UUID | None]]


def state_after(here: Here, decision: Decision) -> State:
    """All objects as they would be."""
    state = {one.id: one.fields for one in here.objects.values()} | {one.id: one.fields for one in decision.puts}
    for gone in decision.deletes:
        state.pop(gone.id, None)
    return state


def check(here: Here, decision: Decision, principal: Principal, owners: Owners) -> Iterator[ImportProblem]:
    """Everything that is wrong between objects.

    Args:
        here: What is there.
        decision: What is to be done.
        principal: Who imports.
        owners: Who has the ids and global keys of what is to be written, on the whole installation.
    """
    state = state_after(here, decision)
    yield from _taken(here, decision, state, principal)
    yield from _taken_elsewhere(decision, principal, owners)
    yield from _taken_places(here, decision)
    yield from _still_used(here, decision, state, principal)
    if not decision.problems:
        yield from _misfits(decision, state)


def _unique(fields: ObjectFields) -> Iterator[tuple[str, str, str]]:
    """What must be its own: where, the value, and the field that says it."""
    yield f"name of {fields.kind}", fields.name.lower(), "name"
    number = "number" if "number" in type(fields).model_fields else "name"
    for what, value in (
        ("number", fields.internal_number()), ("key", fields.org_key()), ("global", fields.global_key()),
    ):  # fmt: skip
        if value is not None:
            yield what, value, number


def _taken(here: Here, decision: Decision, state: State, principal: Principal) -> Iterator[ImportProblem]:
    holders: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for id_, fields in state.items():
        for what, value, _ in _unique(fields):
            holders[what, value].append(id_)
    for put in decision.puts:
        for what, value, field in _unique(put.fields):
            others = [one for one in holders[what, value] if one != put.id]
            if others:
                holder = _called(others[0], state, here, decision, principal)
                yield _problem(decision.items[put.id], field, f"belongs to {holder} already")


def _called(id_: UUID, state: State, here: Here, decision: Decision, principal: Principal) -> str:
    """An object in words, but for what the principal may not know of."""
    fields = state[id_]
    if (item := decision.items.get(id_)) is not None:
        return f"{item.label} ({item.file}:{item.line})"
    if fields.location_id is None or here.within(principal, fields.location_id):
        return f"{section(fields.kind)}/{fields.name}"
    return "an object of a location that you can't see"


def _taken_elsewhere(decision: Decision, principal: Principal, owners: Owners) -> Iterator[ImportProblem]:
    for put in decision.puts:
        item = decision.items[put.id]
        if put.before is None and put.id in owners:
            yield _problem(item, "id", "is in use on this installation already", "Leave it out to have a new one made.")
        owner = owners.get(put.fields.global_key() or "")
        if owner is not None and owner[0] != principal.org_id:
            field = "number" if "number" in type(put.fields).model_fields else "name"
            yield _problem(item, field, "is in use on this installation already")


def _taken_places(here: Here, decision: Decision) -> Iterator[ImportProblem]:
    gone = {one.id for one in decision.place_deletes}
    names = {one.id: one.name for one in here.locations.values() if one.id not in gone}
    names |= {one.id: one.wanted.name for one in decision.places}
    for spot in decision.places:
        if any(name == spot.wanted.name and id_ != spot.id for id_, name in names.items()):
            hint = "Leave its id out to mean that one, or import with prune to replace it."
            yield _problem(decision.items[spot.id], "name", "is the name of another location", hint)


def _still_used(here: Here, decision: Decision, state: State, principal: Principal) -> Iterator[ImportProblem]:
    """What goes must not be named by what stays."""
    gone = {one.id: one for one in decision.deletes}
    places = {one.id for one in decision.place_deletes}
    if not gone and not places:
        return
    for id_, fields in state.items():
        if fields.location_id in places:
            user = _called(id_, state, here, decision, principal)
            yield _without_item(LOCATION, here.locations[fields.location_id].name, user)
        for one in objects.references(fields):
            if one.id in gone:
                yield _used(gone[one.id], _called(id_, state, here, decision, principal))


def _used(gone: Existing, user: str) -> ImportProblem:
    return _without_item(gone.fields.kind, gone.fields.name, user)


def _without_item(kind: str, name: str, user: str) -> ImportProblem:
    return ImportProblem(
        file="", line=0, object=f"{section(kind)}/{name}", field="",
        message=f"is not in the files and would be deleted, but {user} still names it",
        hint="Put it into the files, or change what names it.",
    )  # fmt: skip


def _misfits(decision: Decision, state: State) -> Iterator[ImportProblem]:
    """Kinds that must fit others say so themselves, as they do when they are written one by one."""
    judges = [(put, put.fields) for put in decision.puts if isinstance(put.fields, MustFit)]
    if not judges:
        return
    users: dict[UUID, list[UUID]] = defaultdict(list)
    for id_, fields in state.items():
        for one in objects.references(fields):
            users[one.id].append(id_)
    for put, judge in judges:
        named = {one.id: objects.document_of(state[one.id]) for one in objects.references(put.fields)}
        naming = [objects.document_of(state[id_]) for id_ in dict.fromkeys(users[put.id]) if id_ != put.id]
        item = decision.items[put.id]
        for wrong in judge.misfits(named, naming):
            line, path = place(shape_of_kind(item.kind), item.node, steps(wrong.field))
            yield item.problem(wrong.message, path or wrong.field, line=line)


def _problem(item: Item, field: str, message: str, hint: str = "") -> ImportProblem:
    node = item.node.entries.get(field)
    return item.problem(message, field, hint, line=node.line if node else None)
