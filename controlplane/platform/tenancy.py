"""The one helper that limits a query to what a principal may see. Never filter by organisation by hand."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_

from controlplane.platform.auth import Principal
from controlplane.platform.problem import NotFound


def visible(model: Any, principal: Principal) -> ColumnElement[bool]:
    """Condition: rows of the principal's organisation and locations.

    A row without a location belongs to the whole organisation: everyone in it may see it.
    Tables with a ``location_id`` column are limited by it.
    """
    condition: ColumnElement[bool] = model.org_id == principal.org_id
    location = getattr(model, "location_id", None)
    if principal.location_ids is None or location is None:
        return condition
    inside = location.in_(principal.location_ids) if principal.location_ids else false()
    return and_(condition, or_(inside, location.is_(None)))


def sees_location(principal: Principal, location_id: Any) -> bool:
    """The same rule for a thing of the principal's organisation that is no row, such as an object of a release."""
    return location_id is None or principal.location_ids is None or location_id in principal.location_ids


def scoped(statement: Select[Any], model: Any, principal: Principal) -> Select[Any]:
    """The statement, limited to visible rows."""
    return statement.where(visible(model, principal))


def require_location(principal: Principal, location_id: Any) -> None:
    """Refuses to put a thing where the principal has no rights.

    Raises:
        NotFound: The location is none of theirs (or, for the limited, "whole organisation").
    """
    if principal.location_ids is not None and location_id not in principal.location_ids:
        raise NotFound("There is no such location.", hint="Choose one of your own locations.")
