"""Any two states of an organisation's configuration side by side: releases, what is live, the drafts."""

import asyncio
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from controlplane.identity.door import load_organizations
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict, Invalid
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.release import repository
from controlplane.release.build import TEMPLATES
from controlplane.release.compile import CompileError, compile_node
from controlplane.release.compiled import open_snapshot
from controlplane.release.diff import diff, reloads
from controlplane.release.models import Release
from controlplane.release.progress import no_release, require_kept
from controlplane.release.reach import require_everywhere
from controlplane.release.render import RenderedFile, render
from controlplane.release.schemas import ComparedState, Comparison, FileDiff
from controlplane.telephony import door as telephony
from controlplane.telephony.configuration import Configuration

DRAFT, LIVE = "draft", "live"
HIDDEN, HIDDEN_CHANGED = "hidden", "hidden-changed"
"""What stands for a secret in the text of a file, so that a change of one shows without the secret."""

LONGEST_COMPARED = 20_000
"""Lines of a file; longer ones are only named."""

MOST_SHOWN = 2_000_000
"""Characters of all files together; after that they are only named."""


@dataclass(frozen=True)
class _State:
    words: ComparedState
    configuration: Configuration


async def compare(
    services: Services, uow: UnitOfWork, principal: Principal, wanted_from: str, wanted_to: str, *, files: bool
) -> Comparison:
    """What differs between two states.

    Args:
        services: For snapshots and drafts.
        uow: To read by.
        principal: Whose organisation.
        wanted_from: ``draft``, ``live``, or a release by id or number.
        wanted_to: The same.
        files: Also the text of the files that a node would get, secrets hidden.

    Raises:
        NotFound: No such release.
        Conflict: The release is no longer kept, or the drafts can't be made into files.
        Invalid: Names neither a release nor ``draft`` nor ``live``.
        Forbidden: The principal has rights in some locations only.
    """
    require_everywhere(principal, "To compare releases")
    old = await _state(services, uow, principal, "from", wanted_from)
    new = await _state(services, uow, principal, "to", wanted_to)
    changes = await asyncio.to_thread(diff, old.configuration, new.configuration)
    compared = Comparison(old=old.words, new=new.words, changes=changes)
    if not files:
        return compared
    before, after = await asyncio.to_thread(_hidden_files, old.configuration, new.configuration)
    texts = await asyncio.to_thread(lambda: list(_file_diffs(before, after)))
    return compared.model_copy(update={"files": texts, "reloads": reloads(before, after)})


async def _state(services: Services, uow: UnitOfWork, principal: Principal, field: str, wanted: str) -> _State:
    node = services.settings.node_name
    if wanted == DRAFT:
        organization = next(one for one in await load_organizations(uow.session) if one.id == principal.org_id)
        return _State(
            ComparedState(which=DRAFT), await telephony.load_organization(services, uow.session, organization)
        )
    release = await _release(uow, principal, field, wanted)
    require_kept(release)
    words = ComparedState(which=wanted, release_id=release.id, number=release.number)
    return _State(words, await asyncio.to_thread(open_snapshot, services.crypto, release, node))


async def _release(uow: UnitOfWork, principal: Principal, field: str, wanted: str) -> Release:
    if wanted == LIVE:
        found = await repository.live_release(uow.session, principal.org_id)
    elif wanted.isdecimal() and len(wanted) < 19:
        by_number = await repository.find_release_by_number(uow.session, principal, int(wanted))
        found = by_number and await repository.find_release(uow.session, principal, by_number.id, with_snapshot=True)
    else:
        try:
            found = await repository.find_release(uow.session, principal, UUID(wanted), with_snapshot=True)
        except ValueError:
            raise Invalid.field(field, "is neither a release's id or number, nor draft, nor live") from None
    if found is None:
        raise no_release()
    return found


# Files


def _hidden_files(
    old: Configuration, new: Configuration
) -> tuple[Mapping[str, RenderedFile], Mapping[str, RenderedFile]]:
    secrets = {item.id: item.secrets for item in old.objects}
    before = replace(old, objects=tuple(_hidden(item, item.secrets) for item in old.objects))
    after = replace(new, objects=tuple(_hidden(item, secrets.get(item.id, item.secrets)) for item in new.objects))
    try:
        return _files(before), _files(after)
    except CompileError as err:
        raise Conflict(f"The files can't be made: {err}", hint="Look at the plan, or compare without files.") from err


def _hidden(item: Stored[ObjectFields], before: Mapping[str, str]) -> Stored[ObjectFields]:
    if not item.secrets:
        return item
    same = {name: before.get(name, secret) == secret for name, secret in item.secrets.items()}
    return replace(item, secrets={name: HIDDEN if equal else HIDDEN_CHANGED for name, equal in same.items()})


def _files(configuration: Configuration) -> Mapping[str, RenderedFile]:
    return render(compile_node(configuration), "compared", TEMPLATES).files


def _file_diffs(before: Mapping[str, RenderedFile], after: Mapping[str, RenderedFile]) -> Iterator[FileDiff]:
    shown = 0
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old is not None and new is not None and old.content == new.content:
            continue
        text = _text_diff(path, old, new) if shown < MOST_SHOWN else "left out: there is too much to show"
        shown += len(text)
        yield FileDiff(path=path, action="changed" if old and new else "added" if new else "removed", text=text)


def _text_diff(path: str, old: RenderedFile | None, new: RenderedFile | None) -> str:
    was, becomes = (one.content.decode().split("\n") if one else [] for one in (old, new))
    if max(len(was), len(becomes)) > LONGEST_COMPARED:
        return f"{len(was)} lines become {len(becomes)}: too many to show"
    return "\n".join(difflib.unified_diff(was, becomes, path, path, lineterm=""))
