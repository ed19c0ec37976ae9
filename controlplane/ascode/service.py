"""Exporting and importing the configuration."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.ascode.audio import Sound, check_sound
from controlplane.ascode.checks import check
from controlplane.ascode.deciding import Decision, decide
from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.export import Place, Source, export
from controlplane.ascode.here import Here, Keys, keys_of, load
from controlplane.ascode.matching import match
from controlplane.ascode.schemas import SHOWN, Action, ImportProblem, ImportRead
from controlplane.ascode.secret_words import Environment, SecretReader
from controlplane.ascode.shape import LOCATION
from controlplane.ascode.table import write_table
from controlplane.ascode.tree import SECTIONS, Tree, scope
from controlplane.identity import door as identity
from controlplane.identity.schemas import LocationPatch
from controlplane.kit.destination import Kind
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict, Forbidden, NotFound
from controlplane.platform.services import Services
from controlplane.platform.storage import Storage
from controlplane.platform.uow import UnitOfWork
from controlplane.release import door as release
from controlplane.telephony import door as telephony
from controlplane.telephony.audio import RATES
from controlplane.telephony.configuration import FIELDS
from controlplane.telephony.configuration import Sound as StoredSound

_PORTION = 10_000
Progress = Callable[[int, int], None]
Written = Callable[[int], None]


@dataclass(frozen=True)
class Exported:
    """YAML by file name, and the sound files that it names, by SHA-256."""

    files: dict[str, str]
    sounds: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How an export is to be.

    Attributes:
        per_location: A file for each location.
        ids: With ids, so that an import makes the same objects.
        with_secrets: With secrets, sealed by this installation's key; for admins.
        release: As of this release; None for the draft.
    """

    per_location: bool = False
    ids: bool = True
    with_secrets: bool = False
    release: int | None = None


async def export_tree(
    services: Services, uow: UnitOfWork, principal: Principal, options: ExportOptions
) -> Exported:  # fmt: skip
    """What the principal may see of the draft, or of a release, as files.

    Raises:
        Forbidden: Secrets are for those who have all rights.
        NotFound: No such release.
    """
    if options.with_secrets and ("*" not in principal.scopes or principal.location_ids is not None):
        raise Forbidden("Only an admin may export secrets.", hint="Export without them: they stay as references.")
    if options.release is None:
        places, sources, keys = await _of_draft(uow.session, principal, with_secrets=options.with_secrets)
    else:
        places, sources, keys = await _of_release(services, uow, principal, options.release)
    files = await asyncio.to_thread(
        export, places, sources, keys, per_location=options.per_location, ids=options.ids
    )  # fmt: skip
    after = {name: value for name, value in asdict(options).items() if value}
    await identity.audit(uow, principal, action="config.export", kind="config", after=after)
    return Exported(files, _sound_files(services.storage, sources))


async def export_table(uow: UnitOfWork, principal: Principal, table: str) -> str:
    """A kind's objects of the principal's locations as CSV.

    Raises:
        Forbidden: They are not for this principal to read.
    """
    principal.require(scope(SECTIONS[table], "read"))
    _, sources, keys = await _of_draft(uow.session, principal, with_secrets=False)
    await identity.audit(uow, principal, action="config.export", kind="config", after={"table": table})
    return await asyncio.to_thread(write_table, table, sources, keys)


def _sound_files(storage: Storage, sources: Iterable[Source]) -> dict[str, Path]:
    named = {sha: storage.blob_path(sha) for one in sources if one.audio for sha in map(one.audio.get, RATES) if sha}
    return {sha: path for sha, path in sorted(named.items()) if path.exists()}


async def _of_draft(
    session: AsyncSession, principal: Principal, *, with_secrets: bool
) -> tuple[list[Place], list[Source], Keys]:
    here = await load(session, principal.org_id)
    readable = {one.id for one in here.nameable(principal)}
    shown = [one for one in here.own(principal) if one.id in readable]
    prompts = [one.id for one in shown if _is_uploaded(one.fields)]
    sounds = await telephony.uploaded_sounds(session, prompts)
    sources = [
        Source(
            one.id,
            one.fields,
            {name: sealed if with_secrets else None for name, sealed in one.secrets.items()},
            _audio(sounds.get(one.id)),
        )
        for one in shown
    ]
    places = [Place(one.id, one.model_dump(mode="json")) for one in here.own_locations(principal)]
    return places, sources, keys_of(here, principal)


async def _of_release(
    services: Services, uow: UnitOfWork, principal: Principal, number: int
) -> tuple[list[Place], list[Source], Keys]:
    """As it was released. Addresses are no part of a release, and templates are the objects that they made."""
    if principal.location_ids is not None:
        raise NotFound("There is no such release.", hint="Releases reach over all locations: ask an admin.")
    configuration = await release.configuration_of(uow.session, services.crypto, principal, number)
    keys = Keys()
    for place in configuration.locations.values():
        keys.add(LOCATION, place.id, place.name, place.name)
    sources = []
    for one in configuration.objects:
        keys.add_object(one.id, one.fields)
        sound = configuration.sounds.get(f"prompt:{one.id}") if _is_uploaded(one.fields) else None
        sources.append(Source(one.id, one.fields, dict.fromkeys(one.secrets), _audio(sound)))
    places = [Place(one.id, asdict(one)) for one in configuration.locations.values()]
    return places, sources, keys


def _audio(sound: StoredSound | None) -> dict[str, Any] | None:
    return None if sound is None else {**sound.files, "duration_ms": sound.duration_ms}


def _is_uploaded(fields: object) -> bool:
    return isinstance(fields, FIELDS[Kind.PROMPT]) and getattr(fields, "text", None) is None


async def import_tree(
    services: Services,
    principal: Principal,
    tree: Tree,
    *,
    dry_run: bool = False,
    prune: bool = False,
    plan: bool = True,
    environment: Environment | None = None,
    progress: Progress = lambda _done, _total: None,
) -> ImportRead:
    """Makes the draft what files say, in one transaction, or not at all; then plans it.

    Args:
        services: The process's ports.
        principal: Who imports.
        tree: What the files say.
        dry_run: Check everything and write nothing.
        prune: Also delete what the files don't name: in their locations, or everywhere.
        plan: Say what an apply would do then.
        environment: Where ``{from: environment}`` is looked up; None refuses it.
        progress: Told (done, of how many): each object is checked, then written.

    Raises:
        Forbidden: A kind that is to be changed is none of the principal's.
        ImportRefused: Something is wrong; all of it, by file and line.
        Conflict: Somebody else changed the same objects at this moment.
    """
    async with services.uow() as uow:
        here = await load(uow.session, principal.org_id)
        reader = SecretReader(services.crypto, environment)
        decision = await asyncio.to_thread(_decided, tree, here, principal, reader, prune, progress)
        await _check(services.storage, uow.session, principal, here, decision)
        answer = _answer(decision, dry_run=dry_run)
        if dry_run and plan:
            await telephony.ensure_texts(services, _texts(decision))
            async with _undone(uow):
                await _write(services.storage, uow, principal, decision)
                await _plan(services, uow, principal, answer)
        elif not dry_run:
            half = len(tree.items)
            await _write(services.storage, uow, principal, decision, lambda done: progress(half + done, 2 * half))
            progress(2 * half, 2 * half)
            await _audit(uow, principal, answer)
    if plan and not dry_run:
        async with services.uow() as uow:
            await _plan(services, uow, principal, answer)
    return answer


async def _plan(services: Services, uow: UnitOfWork, principal: Principal, answer: ImportRead) -> None:
    """Adds the plan. Whoever may import may still not see everything that waits to be applied."""
    try:
        answer.plan = await release.plan(services, uow, principal)
    except Forbidden as err:
        answer.no_plan = f"{err.detail} {err.hint or ''}".strip()


@asynccontextmanager
async def _undone(uow: UnitOfWork) -> AsyncIterator[None]:
    """What is written inside is seen inside only."""
    attempt = await uow.session.begin_nested()
    try:
        yield
    finally:
        await attempt.rollback()


def _decided(
    tree: Tree, here: Here, principal: Principal, reader: SecretReader, prune: bool, progress: Progress
) -> Decision:  # fmt: skip
    matching, total = match(tree, here, principal), 2 * len(tree.items)
    return decide(
        tree, here, matching, principal, reader, prune=prune, progress=lambda done: progress(done, total)
    )  # fmt: skip


async def _check(
    storage: Storage, session: AsyncSession, principal: Principal, here: Here, decision: Decision
) -> None:  # fmt: skip
    """Everything that stands in the way, at once.

    Raises:
        Forbidden: Of a kind that is none of the principal's.
        ImportRefused: Whatever else.
    """
    for kind, verb in sorted(decision.scopes):
        principal.require(scope(kind, verb))
    owners = await _owners(session, decision)
    problems = [*decision.problems, *await asyncio.to_thread(_cross, here, decision, principal, owners)]
    problems += await asyncio.to_thread(_bad_sounds, storage, decision)
    problems += [*_forbidden_places(principal, decision), *await _places_elsewhere(session, here, decision)]
    if problems:
        raise ImportRefused(sorted(problems, key=lambda one: (one.file, one.line)))


Owners = dict[UUID | str, tuple[UUID, UUID | None]]


def _cross(here: Here, decision: Decision, principal: Principal, owners: Owners) -> list[ImportProblem]:
    return list(check(here, decision, principal, owners))


async def _owners(session: AsyncSession, decision: Decision) -> Owners:
    """Who on this installation has the new ids and the global keys."""
    ids = [one.id for one in decision.puts if one.before is None]
    keys = [key for one in decision.puts if (key := one.fields.global_key()) is not None]
    owners: Owners = {}
    for start in range(0, max(len(ids), len(keys)), _PORTION):
        end = start + _PORTION
        owners |= await objects.owners_of(session, ids=ids[start:end], global_keys=keys[start:end])
    return owners


def _forbidden_places(principal: Principal, decision: Decision) -> Iterable[ImportProblem]:
    """Locations are made and removed by those only who have rights everywhere."""
    for spot in decision.places:
        if principal.location_ids is not None and spot.id not in principal.location_ids:
            yield decision.items[spot.id].problem("is none of your locations", "name")


async def _places_elsewhere(session: AsyncSession, here: Here, decision: Decision) -> list[ImportProblem]:
    new = {one.id for one in decision.places if one.before is None}
    if not new:
        return []
    taken = {one.id for one in await identity.load_locations(session)} - here.locations.keys()
    return [
        decision.items[id_].problem("is in use on this installation already", "id", "Leave it out.")
        for id_ in sorted(new & taken)
    ]


def _bad_sounds(storage: Storage, decision: Decision) -> list[ImportProblem]:
    """Sounds that are nowhere, or are none."""
    problems = []
    for id_, sound in decision.sounds.items():
        for name, sha in sound.files.items():
            try:
                check_sound(_content(storage, sound, sha), name, sound.duration_ms)
            except ValueError as err:
                hint = "Import the archive that the export made, with its audio folder."
                problems.append(decision.items[id_].problem(f"{name}: {err}", "audio", hint, line=sound.line))
    return problems


def _content(storage: Storage, sound: Sound, sha: str) -> bytes:
    """One of a prompt's files.

    Raises:
        ValueError: It is nowhere.
    """
    content = sound.new.get(sha)
    if content is not None:
        return content
    path = storage.blob_path(sha)
    if not path.exists():
        raise ValueError(f"the file {sha[:12]}… is neither in the import nor here")
    return path.read_bytes()


def _texts(decision: Decision) -> set[str]:
    """What our voice would have to say."""
    spoken = {text for one in decision.puts for text in objects.texts(one.fields)}
    return spoken | {text for one in decision.puts if (text := one.fields.own_text())}


def _answer(decision: Decision, *, dry_run: bool) -> ImportRead:
    actions = [one.action for one in decision.changes()]
    return ImportRead(
        ok=True,
        dry_run=dry_run,
        created=actions.count(Action.CREATE),
        updated=actions.count(Action.UPDATE),
        deleted=actions.count(Action.DELETE),
        unchanged=decision.unchanged,
        left_alone=decision.left_alone,
        made_up=sorted(decision.made_up)[:SHOWN],
        changes=list(islice(decision.changes(), SHOWN)),
    )


async def _write(
    storage: Storage, uow: UnitOfWork, principal: Principal, decision: Decision, written: Written = lambda _done: None
) -> None:  # fmt: skip
    for spot in decision.places:
        if spot.before is None:
            await identity.create_location(uow, principal, spot.wanted, spot.id)
        else:
            patch = LocationPatch.model_validate(spot.wanted.model_dump())
            await identity.change_location(uow, principal, spot.id, patch)
    await objects.write_many(
        uow, principal, objects.Writes(decision.puts, [one.before for one in decision.deletes]), written
    )
    for gone in decision.place_deletes:
        try:
            await identity.delete_location(uow, principal, gone.id)
        except Conflict as err:
            raise Conflict(f"{gone.name}: {err.detail}", hint="Keep this location in the files.") from err
    await _write_sounds(storage, uow.session, decision)


async def _write_sounds(storage: Storage, session: AsyncSession, decision: Decision) -> None:
    present = await telephony.uploaded_sounds(session, list(decision.sounds))
    for id_, sound in decision.sounds.items():
        for content in sound.new.values():
            await asyncio.to_thread(storage.put_blob, content)
        if id_ not in present or present[id_].files != sound.files:
            await telephony.put_sound(session, id_, StoredSound(sound.files, sound.duration_ms))


async def _audit(uow: UnitOfWork, principal: Principal, answer: ImportRead) -> None:
    after = {name: getattr(answer, name) for name in ("created", "updated", "deleted", "unchanged")}
    await identity.audit(uow, principal, action="config.import", kind="config", after=after)
