"""What an import found, and what it would do or did."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from controlplane.release.schemas import PlanRead

SHOWN = 1000
"""Problems and changes that an answer names."""


class OnExisting(StrEnum):
    """What a table does to objects that are here already."""

    UPDATE = "update"
    SKIP = "skip"


class ImportProblem(BaseModel):
    """Something in a file that can't be taken in."""

    file: str
    line: int = Field(description="Counted from 1; of a table the row, its head being 1.")
    object: str = Field(description="Such as `queues/Sales`; empty where the file itself is wrong.")
    field: str = Field(description="Such as `members[2].extension`; of a table the column.")
    message: str
    hint: str = ""


class Action(StrEnum):
    """What an import does to an object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Changed(BaseModel):
    """One object that an import touches."""

    action: Action
    kind: str
    name: str
    fields: list[str] = Field([], description="What differs, for an update.")


class ImportRead(BaseModel):
    """What an import did, or would do. With a problem it did nothing."""

    ok: bool
    dry_run: bool
    problems: list[ImportProblem] = []
    created: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    left_alone: int = Field(0, description="Objects here that the files don't name; `prune` deletes them.")
    made_up: list[str] = Field([], description="Secrets that had to be made up, such as `devices/desk-201 secret`.")
    changes: list[Changed] = Field([], description="The first 1000.")
    plan: PlanRead | None = Field(None, description="What an apply of the draft would do then.")
    no_plan: str = Field("", description="Why there is no plan: others' changes wait to be applied, too.")


class ImportState(StrEnum):
    """How far an import in the background is."""

    WAITING = "waiting"  # for a worker
    RUNNING = "running"
    DONE = "done"  # the result says what it did
    REFUSED = "refused"  # the result's problems say why; nothing was changed
    FAILED = "failed"  # detail says why; nothing was changed


class ImportJobRead(BaseModel):
    """An import in the background."""

    id: UUID
    what: str = Field(description="`configuration`, or the table such as `devices` or `contacts`.")
    state: ImportState
    done: int
    total: int = Field(description="Each object counts twice: it is checked, then written. 0 while the file is read.")
    detail: str
    result: ImportRead | None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
