"""Who may see which calls and messages."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from controlplane.calls.models import Call, Voicemail
from controlplane.platform.auth import Principal
from controlplane.platform.tenancy import scoped, visible


def visible_calls(principal: Principal) -> Select[Any]:
    """Calls that the principal may see: of their locations, and for staff those of their own extensions."""
    statement = scoped(select(Call), Call, principal)
    if principal.own_extension_ids is not None:
        statement = statement.where(Call.extension_ids.overlap(list(principal.own_extension_ids)))
    return statement


def visible_voicemails(principal: Principal, own_box_ids: Collection[UUID] | None) -> Select[Any]:
    """Messages that are not deleted and that the principal may see; ``own_box_ids`` limits staff."""
    statement = select(Voicemail).where(visible(Voicemail, principal), Voicemail.deleted_at.is_(None))
    if own_box_ids is not None:
        statement = statement.where(Voicemail.box_id.in_(own_box_ids))
    return statement
