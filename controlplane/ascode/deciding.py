"""What an import would change: every object read, checked, and compared with what is here. Nothing is written."""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel, SecretStr, ValidationError

from controlplane.ascode.audio import Sound, sound_of
from controlplane.ascode.decode import NOWHERE, Decoder, place, steps
from controlplane.ascode.here import Existing, Here
from controlplane.ascode.matching import Match, Matching
from controlplane.ascode.schemas import Action, Changed, ImportProblem
from controlplane.ascode.secret_words import Found, SecretReader, is_made_up
from controlplane.ascode.shape import LOCATION
from controlplane.ascode.text import Mapping
from controlplane.ascode.tree import Item, Tree, section, shape_of_kind
from controlplane.identity.door import LocationRead
from controlplane.identity.schemas import LocationWrite
from controlplane.kit.destination import Kind
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Invalid, field_errors
from controlplane.telephony.configuration import FIELDS


@dataclass(frozen=True, slots=True)
class PlaceWrite:
    """A location as it is to be; ``before`` is None for a new one."""

    id: UUID
    wanted: LocationWrite
    before: LocationRead | None


@dataclass
class Decision:
    """What is to be done.

    ``sounds`` are those of uploaded prompts that differ or may do so, by prompt.
    """

    puts: list[objects.Write] = field(default_factory=list)
    deletes: list[Existing] = field(default_factory=list)
    places: list[PlaceWrite] = field(default_factory=list)
    place_deletes: list[LocationRead] = field(default_factory=list)
    sounds: dict[UUID, Sound] = field(default_factory=dict)
    unchanged: int = 0
    left_alone: int = 0
    made_up: list[str] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    items: dict[UUID, Item] = field(default_factory=dict)

    @property
    def scopes(self) -> set[tuple[str, str]]:
        """Kinds that are written, for the rights: kind and verb."""
        kinds = {one.fields.kind.value for one in self.puts} | {one.fields.kind.value for one in self.deletes}
        return {(kind, "write") for kind in kinds | ({LOCATION} if self.places or self.place_deletes else set())}

    def changes(self) -> Iterator[Changed]:
        """In words, as they are listed."""
        for spot in self.places:
            action = Action.UPDATE if spot.before else Action.CREATE
            yield Changed(action=action, kind=LOCATION, name=spot.wanted.name, fields=_differing_place(spot))
        for gone in self.place_deletes:
            yield Changed(action=Action.DELETE, kind=LOCATION, name=gone.name)
        for put in self.puts:
            action = Action.UPDATE if put.before else Action.CREATE
            yield Changed(action=action, kind=put.fields.kind, name=put.fields.name, fields=differing(put))
        for one in self.deletes:
            yield Changed(action=Action.DELETE, kind=one.fields.kind, name=one.fields.name)


def differing(put: objects.Write) -> list[str]:
    """The fields in which an object is no longer what it was."""
    if put.before is None:
        return []
    before, after = objects.document_of(put.before.fields), objects.document_of(put.fields)
    return [*(name for name in after if after[name] != before.get(name)), *sorted(put.new_secrets)]


def _differing_place(spot: PlaceWrite) -> list[str]:
    if spot.before is None:
        return []
    before, after = _place_document(spot.before), _place_document(spot.wanted)
    return [name for name in after if after[name] != before[name]]


def _place_document(spot: BaseModel) -> dict[str, Any]:
    return {name: value for name, value in spot.model_dump(mode="json").items() if name in LocationWrite.model_fields}


def decide(
    tree: Tree, here: Here, matching: Matching, principal: Principal, reader: SecretReader, *, prune: bool,
    progress: Callable[[int], None] = lambda _done: None,
) -> Decision:  # fmt: skip
    """What is to be done, and everything that is wrong with it.

    Args:
        tree: What the files say.
        here: What is there.
        matching: Who is who.
        principal: Who imports; limits what may be touched.
        reader: Resolves secrets.
        prune: Delete what the files don't name.
        progress: Told how many objects were read.
    """
    decider = _Decider(tree, here, matching, principal, reader)
    for done, match in enumerate(matching.matches):
        progress(done)
        if match.item.kind == LOCATION:
            decider.location(match)
        else:
            decider.object(match)
    unnamed = _unnamed(tree, here, matching, principal)
    decision = decider.decision
    decision.left_alone = 0 if prune else len(unnamed)
    if prune:
        decision.deletes = unnamed
        named = matching.known(LOCATION)
        gone = [one for one in here.own_locations(principal) if one.id not in named]
        decision.place_deletes = gone if tree.only is None else []
    return decision


def _unnamed(tree: Tree, here: Here, matching: Matching, principal: Principal) -> list[Existing]:
    """What is here and not in the files, where the files speak of it: in their locations, or everywhere."""
    named = {match.id for match in matching.matches}
    places = {one.id for one in here.locations.values() if tree.only is not None and one.name in tree.only}
    return [
        one
        for one in here.own(principal)
        if one.id not in named and (tree.only is None or one.fields.location_id in places)
    ]


class _Decider:
    def __init__(
        self, tree: Tree, here: Here, matching: Matching, principal: Principal, reader: SecretReader
    ) -> None:  # fmt: skip
        self.decision = Decision(problems=list(matching.problems))
        self._tree = tree
        self._here = here
        self._matching = matching
        self._principal = principal
        self._reader = reader

    def location(self, match: Match) -> None:
        """A location; what is left out stays as it is."""
        decoder = self._decoder(match)
        found = decoder.part(shape_of_kind(LOCATION), match.item.node)
        before = None if match.place is None else _place_document(match.place)
        wanted = self._checked(LocationWrite, {**(before or {}), **found}, match.item, decoder)
        self.decision.problems += decoder.problems
        self.decision.items[match.id] = match.item
        if not isinstance(wanted, LocationWrite):
            return
        if before is not None and _place_document(wanted) == before:
            self.decision.unchanged += 1
        else:
            self.decision.places.append(PlaceWrite(match.id, wanted, match.place))

    def object(self, match: Match) -> None:
        """An object of any kind."""
        item, kind = match.item, FIELDS[Kind(match.item.kind)]
        self.decision.items[match.id] = item
        if match.before is not None and self._tree.skip:
            self.decision.unchanged += 1
            return
        decoder = self._decoder(match)
        document = self._document(match, decoder)
        secrets = self._reader.read(match, kind, decoder)
        clear = {name: SecretStr(one.clear) if one else None for name, one in secrets.items()}
        fields = self._checked(kind, {**document, **clear}, item, decoder)
        if isinstance(fields, kind):
            self._place_is_own(match, fields.location_id, decoder)
            if "audio" in item.extras:
                self._sound(match, decoder)
            if not decoder.problems:
                self._put(match, fields, secrets)
        self.decision.problems += decoder.problems

    def _document(self, match: Match, decoder: Decoder) -> dict[str, Any]:
        item = match.item
        found = decoder.part(shape_of_kind(item.kind), item.node)
        if item.defaults and match.before is None:
            found = {**decoder.part(shape_of_kind(item.kind), Mapping(item.defaults, item.line)), **found}
        if item.merge and match.before is not None:
            found = {**objects.document_of(match.before.fields), **found}
        if item.location is not None and "location_id" not in found:
            found["location_id"] = str(decoder.find(LOCATION, item.location) or NOWHERE)
        return found

    def _decoder(self, match: Match) -> Decoder:
        """References that an object has already are kept, also to what the principal can't see."""
        kept = set() if match.before is None else {one.id for one in objects.references(match.before.fields)}
        keys = self._matching.keys

        def find(kind: str, text: str) -> UUID | None:
            found = keys.find(kind, text)
            return found if found is not None else next((one for one in kept if str(one) == text), None)

        return Decoder(match.item.file, match.item.label, find)

    def _checked(
        self, model: type[BaseModel], document: Lookup[str, Any], item: Item, decoder: Decoder
    ) -> BaseModel | None:
        """The model says what it thinks of the whole; what was told of a field already isn't told again."""
        told = {(one.line, one.field) for one in decoder.problems}
        try:
            return model.model_validate(document)
        except ValidationError as err:
            found = [(error["loc"], message.message) for error, message in
                     zip(err.errors(), field_errors(err.errors()), strict=True)]  # fmt: skip
        except Invalid as err:
            found = [(steps(one.field), one.message) for one in err.errors]
        shape = shape_of_kind(item.kind)
        for location, message in found:
            line, path = place(shape, item.node, location)
            if location and location[0] in item.extras:
                line, path = item.extras[str(location[0])].line, str(location[0])
            if (line, path) not in told:
                decoder.complain(line, path, message)
        return None

    def _place_is_own(self, match: Match, location_id: UUID | None, decoder: Decoder) -> None:
        """Nothing is put where the principal has no rights, nor taken from there."""
        if any(one.field == "location" for one in decoder.problems):
            return
        before = match.before
        foreign = before is not None and not self._here.within(self._principal, before.fields.location_id)
        if foreign or not self._here.within(self._principal, location_id):
            decoder.complain(match.item.line, "location", "is none of your locations", "Choose one of your own.")

    def _sound(self, match: Match, decoder: Decoder) -> None:
        node = match.item.extras["audio"]
        if match.item.text("text") is not None:
            decoder.complain(node.line, "audio", "can't be given beside a text: one of both is heard")
        elif (sound := sound_of(node, self._tree.sounds, decoder)) is not None:
            self.decision.sounds[match.id] = sound

    def _put(self, match: Match, fields: Any, secrets: Lookup[str, Found | None]) -> None:
        before = match.before
        old = dict(before.secrets) if before else {}
        changed = frozenset(name for name, one in secrets.items() if not self._same(match, name, one, old))
        if before is not None and not changed and objects.document_of(before.fields) == objects.document_of(fields):
            self.decision.unchanged += 1
            return
        for name in sorted(changed):
            old.pop(name, None)
            if (secret := secrets[name]) is not None:
                where = objects.sealed_where(match.id, name)
                old[name] = secret.sealed or self._reader.crypto.seal(secret.clear, where)
        made = [name for name in changed if is_made_up(match.item.extras.get(name))]
        self.decision.made_up += [f"{section(fields.kind)}/{fields.name} {name}" for name in made]
        bare = fields.model_copy(update=dict.fromkeys(fields.secret_fields))
        self.decision.puts.append(objects.Write(match.id, bare, old, before.before if before else None, changed))

    def _same(self, match: Match, name: str, secret: Found | None, old: Lookup[str, str]) -> bool:
        if secret is None or name not in old:
            return secret is None and name not in old
        return self._reader.crypto.open(old[name], objects.sealed_where(match.id, name)) == secret.clear
