"""Tables of configuration as code: imports that run in the background."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base, OrgOwned


class ImportRow(OrgOwned, Base):
    """One import. Its file lies sealed in the storage until the import is done.

    Attributes:
        what: ``configuration``, or the name of a table such as ``devices``.
        options: How it was asked for: ``dry_run``, ``prune``, ``skip``, ``content_type``.
        asked_by: The principal, as `background` restores it: the import may do what they may.
        state: See `schemas.ImportState`.
        total: Objects to be checked, then written: each counts twice.
        result: An `schemas.ImportRead`, once it is there.
    """

    __tablename__ = "config_imports"

    what: Mapped[str] = mapped_column(Text)
    options: Mapped[dict[str, Any]]
    asked_by: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Text)
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    detail: Mapped[str] = mapped_column(Text, server_default="")
    result: Mapped[dict[str, Any] | None]
    finished_at: Mapped[datetime | None]
