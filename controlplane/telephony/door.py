"""What other slices may use of telephony."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity import door as identity
from controlplane.kit.destination import Kind, Spoken
from controlplane.objects import door as objects
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.platform.crypto import Crypto
from controlplane.telephony import repository
from controlplane.telephony.configuration import FIELDS, Configuration, Sound, sound_key
from controlplane.telephony.schemas import PromptFields, SoundState
from controlplane.telephony.service import ensure_sounds, ensure_texts, put_sound, uploaded_sounds
from controlplane.telephony.templates import expand

__all__ = ["ensure_sounds", "ensure_texts", "load_configuration", "names_of", "put_sound", "uploaded_sounds"]

names_of = objects.names_of


async def load_configuration(
    session: AsyncSession, crypto: Crypto, node: str, *, default_node: str = "main"
) -> Configuration:
    """Everything of the organisations on a node, secrets opened, templates expanded. Four queries whatever the size.

    Args:
        session: Where to read; all in its one transaction.
        crypto: Opens the secrets.
        node: Name of the node. An organisation is on the nodes of its locations.
        default_node: Where organisations without a location are.
    """
    locations = await identity.load_locations(session)
    nodes: dict[UUID, set[str]] = defaultdict(set)
    for location in locations:
        nodes[location.org_id].add(location.node)
    organizations = {
        one.id: one for one in await identity.load_organizations(session) if node in nodes.get(one.id, {default_node})
    }
    rows = await objects.rows_of(session, organizations)
    stored = tuple(_stored(row, crypto) for row in rows)
    texts = {text for row in rows for text in row.texts}
    whole = expand(
        Configuration(
            node=node,
            organizations=organizations,
            locations={one.id: one for one in locations if one.org_id in organizations},
            objects=stored,
            sounds={},
        )
    )
    return replace(whole, sounds=await _ready_sounds(session, whole.objects, texts))


def _stored(row: Row[Any], crypto: Crypto) -> Stored[ObjectFields]:
    opened = {
        field: crypto.open(sealed, objects.sealed_where(row.id, field)) for field, sealed in row.secrets.items()
    }  # fmt: skip
    fields = FIELDS[Kind(row.kind)].model_validate(row.fields)
    return Stored(id=row.id, org_id=row.org_id, version=row.version, fields=fields, secrets=opened)


async def _ready_sounds(
    session: AsyncSession, stored: Collection[Stored[ObjectFields]], texts: Collection[str]
) -> dict[str, Sound]:
    """Sounds by key. A prompt with a text has the sound of its text."""
    prompts = {one.id: one.fields.text for one in stored if isinstance(one.fields, PromptFields)}
    keys = {sound_key(Spoken(text=text)) for text in texts}
    uploads = {sound_key(Spoken(prompt_id=prompt_id)) for prompt_id, text in prompts.items() if text is None}
    found = {
        row.key: Sound(row.files, row.duration_ms)
        for row in await repository.find_sounds(session, keys | uploads)
        if row.state == SoundState.READY
    }
    for prompt_id, text in prompts.items():
        if text is not None and (sound := found.get(sound_key(Spoken(text=text)))):
            found[sound_key(Spoken(prompt_id=prompt_id))] = sound
    return found
