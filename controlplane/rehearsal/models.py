"""Tables of rehearsals: runs of flow tests, and what they mean for an apply."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base, OrgOwned


class FlowTestRun(OrgOwned, Base):
    """One run of flow tests.

    Attributes:
        wanted: Ids of the tests to run, as text; empty for all.
        reason: ``asked``, or ``apply`` when it stood before one.
        results: A `schemas.TestResult` for each test that is done.
        fingerprint: Of the configuration and the tests that were played.
    """

    __tablename__ = "flow_test_runs"

    state: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    wanted: Mapped[list[str]]
    total: Mapped[int]
    results: Mapped[list[Any]]
    detail: Mapped[str] = mapped_column(Text, server_default="")
    fingerprint: Mapped[str] = mapped_column(Text, server_default="")
    finished_at: Mapped[datetime | None]


class FlowTestPolicy(Base):
    """An organisation's policy; one that has none has it ``off``."""

    __tablename__ = "flow_test_policies"

    org_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    policy: Mapped[str] = mapped_column(Text)
