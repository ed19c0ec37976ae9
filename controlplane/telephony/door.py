"""What other slices may use of telephony."""

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity import door as identity
from controlplane.objects import door as objects
from controlplane.platform.crypto import Crypto
from controlplane.telephony.configuration import Configuration
from controlplane.telephony.loading import load_organization, stored
from controlplane.telephony.ready_sounds import failed_sounds, ready_sounds
from controlplane.telephony.service import ensure_sounds, ensure_texts, put_sound, uploaded_sounds
from controlplane.telephony.templates import expand

__all__ = [
    "ensure_sounds",
    "ensure_texts",
    "failed_sounds",
    "load_configuration",
    "load_organization",
    "names_of",
    "put_sound",
    "uploaded_sounds",
]

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
    found = tuple(stored(row, crypto) for row in rows)
    texts = {text for row in rows for text in row.texts}
    whole = expand(
        Configuration(
            node=node,
            organizations=organizations,
            locations={one.id: one for one in locations if one.org_id in organizations},
            objects=found,
            sounds={},
        )
    )
    return replace(whole, sounds=await ready_sounds(session, whole.objects, texts))
