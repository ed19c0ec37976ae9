"""Which object here is meant by which in the files: by its id where one is given, else by its number or name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from controlplane.ascode.here import Existing, Here, Keys, keys_of
from controlplane.ascode.schemas import ImportProblem
from controlplane.ascode.shape import LOCATION
from controlplane.ascode.text import Scalar
from controlplane.ascode.tree import Item, Tree, keyed_by_number
from controlplane.identity.door import LocationRead
from controlplane.kit.destination import Kind
from controlplane.kit.ids import new_id
from controlplane.platform.auth import Principal


@dataclass(frozen=True, slots=True)
class Match:
    """An object of the files and who it is here. ``before`` and ``place`` are None where it is new."""

    item: Item
    id: UUID
    before: Existing | None = None
    place: LocationRead | None = None


@dataclass
class Matching:
    """All of them."""

    matches: list[Match]
    problems: list[ImportProblem]
    keys: Keys

    def known(self, kind: str) -> Mapping[UUID, Match]:
        """Those of a kind by id."""
        return {one.id: one for one in self.matches if one.item.kind == kind}


def match(tree: Tree, here: Here, principal: Principal) -> Matching:
    """Finds out who is who, and how references in the files can name them."""
    matcher = _Matcher(here, principal)
    by_kind: dict[str, list[Item]] = {}
    for item in tree.items:
        by_kind.setdefault(item.kind, []).append(item)
    matches = [one for kind, items in by_kind.items() for one in matcher.kind(kind, items)]
    keys = keys_of(here, principal)
    for one in matches:
        _add(keys, one)
    return Matching(matches, matcher.problems, keys)


def _add(keys: Keys, match: Match) -> None:
    item = match.item
    name, number = item.text("name") or "", item.text("number") or ""
    if match.before is not None and item.merge:
        name, number = name or match.before.fields.name, number or str(getattr(match.before.fields, "number", ""))
    name = name or _default(item) or number
    key = number if item.kind != LOCATION and keyed_by_number(Kind(item.kind)) else name
    if key:
        keys.add(item.kind, match.id, key, name)


def _default(item: Item) -> str:
    name = item.defaults.get("name")
    return name.text if isinstance(name, Scalar) else ""


class _Matcher:
    def __init__(self, here: Here, principal: Principal) -> None:
        self.problems: list[ImportProblem] = []
        self._here = here
        self._principal = principal

    def kind(self, kind: str, items: list[Item]) -> Iterable[Match]:
        """One kind: ids first, then numbers, then names, each object here only once."""
        claimed: dict[UUID, Item] = {}
        found: dict[int, UUID] = {}
        for at, item in enumerate(items):
            if item.given_id is not None:
                self._claim(claimed, found, at, item, item.given_id)
        present = self._present(kind)
        for names in present:
            for at, item in enumerate(items):
                id_ = names.get(self._text(item, names is present[0]))
                if at not in found and item.given_id is None and id_ is not None and id_ not in claimed:
                    claimed[id_], found[at] = item, id_
        for at, item in enumerate(items):
            yield self._match(item, found.get(at) or new_id())

    def _claim(self, claimed: dict[UUID, Item], found: dict[int, UUID], at: int, item: Item, id_: UUID) -> None:
        if (other := claimed.get(id_)) is not None:
            self.problems.append(item.problem(f"has the same id as {other.label} ({other.file}:{other.line})", "id"))
        claimed[id_], found[at] = item, id_
        existing = self._here.objects.get(id_)
        if existing is not None and existing.fields.kind != item.kind:
            message = f"is the id of {existing.fields.kind.article}"
            if self._here.within(self._principal, existing.fields.location_id):
                message += f", {existing.fields.name!r}"
            self.problems.append(item.problem(message, "id", "Leave the id out to have a new one made."))

    def _present(self, kind: str) -> tuple[dict[str, UUID], dict[str, UUID]]:
        """What is here, by number (where the kind has one always) and by name, in small letters."""
        if kind == LOCATION:
            return {}, {one.name.casefold(): one.id for one in self._here.own_locations(self._principal)}
        mine = [one for one in self._here.own(self._principal) if one.fields.kind == kind]
        numbered = keyed_by_number(Kind(kind))
        numbers = {str(getattr(one.fields, "number", "")): one.id for one in mine} if numbered else {}
        return numbers, {one.fields.name.casefold(): one.id for one in mine}

    @staticmethod
    def _text(item: Item, number: bool) -> str:
        return item.text("number") or "" if number else (item.text("name") or "").casefold()

    def _match(self, item: Item, id_: UUID) -> Match:
        if item.kind == LOCATION:
            return Match(item, id_, place=self._here.locations.get(id_))
        existing = self._here.objects.get(id_)
        same = existing is not None and existing.fields.kind == item.kind
        return Match(item, id_, before=existing if same else None)
