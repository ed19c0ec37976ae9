"""What people see of plans and releases."""

from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controlplane.kit.text import FreeText


class ReleaseState(StrEnum):
    """How far a release is."""

    APPLYING = "applying"  # nodes fetch, reload and verify it
    LIVE = "live"  # every node runs it
    RETIRED = "retired"  # was live, a newer one is now
    ROLLED_BACK = "rolled_back"  # a node's verify failed; the release before is live again
    STOPPED = "stopped"  # it did not hold on one of several nodes; those that run it keep it, the others wait
    FAILED = "failed"  # a node could not even start on it; nothing changed there
    SUPERSEDED = "superseded"  # a newer release came before this one was live


class ProblemRead(BaseModel):
    """Something a check found."""

    severity: Literal["error", "warning"]
    slug: str
    path: str = Field(description="Where, such as `ivr_menus/Main menu/options.1`.")
    kind: str
    id: UUID | None
    message: str
    hint: str = ""


class FieldChange(BaseModel):
    """One field that differs; secrets show only as changed."""

    field: str
    old: Any = None
    new: Any = None
    words: str = Field("", description="`after hours: was ring 201, becomes voicemail 900`.")


class ChangeRead(BaseModel):
    """What an apply would change, by object, in words."""

    action: Literal["added", "changed", "removed"]
    kind: str
    id: UUID
    name: str
    location: str | None = Field(None, description="Name of the location it belongs to.")
    template: str | None = Field(None, description="Name of the routing template it came from.")
    fields: list[FieldChange] = []
    effect: str = Field(description="One sentence for people.")
    affected_numbers: list[str] = Field([], description="Phone numbers whose calls can come here, at most 100.")
    affected_count: int = Field(0, description="How many there are.")
    warnings: list[str] = Field([], description="What has to be done by hand, besides the apply.")


class PlanRead(BaseModel):
    """What an apply would do. With an error among the problems it is refused."""

    ok: bool
    problems: list[ProblemRead]
    changes: list[ChangeRead]
    reloads: list[str] = Field(description="What Asterisk reloads, in order; pushed phones need none.")
    files: list[str] = Field(description="Files that change on the node.")
    live_release_id: UUID | None


class ComparedState(BaseModel):
    """One side of a comparison."""

    which: str = Field(description="`draft`, `live`, or the release as it was asked for.")
    release_id: UUID | None = None
    number: int | None = None


class FileDiff(BaseModel):
    """A file that a node would get otherwise. Secrets are hidden; one that differs reads `hidden-changed`."""

    path: str
    action: Literal["added", "changed", "removed"]
    text: str = Field(description="Unified diff.")


class Comparison(BaseModel):
    """What differs between two states of the configuration."""

    old: ComparedState
    new: ComparedState
    changes: list[ChangeRead]
    files: list[FileDiff] | None = Field(None, description="Only where asked for.")
    reloads: list[str] | None = Field(None, description="What Asterisk would reload, in order; with the files.")


class NodeProgress(BaseModel):
    """How a release goes on one node."""

    node: str
    wave: int = Field(1, description="In which wave it is asked, from 1.")
    digest: str
    state: str = Field(description="`waiting` until its wave begins, then as the node reports.")
    note: str = Field("", description="Why nobody waits for it.")
    problems: list[str]
    reloads: list[str]
    took_ms: int


class ReleaseRead(BaseModel):
    """A release and its journey."""

    id: UUID
    number: int
    state: ReleaseState
    author: str
    reason: str
    rollback_of: UUID | None
    rollback_of_number: int | None = Field(None, description="Number of the release that it rolled back to.")
    kept: bool = Field(True, description="Whether it can be compared and rolled back to.")
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    changes: list[ChangeRead] = Field(description="In lists the first 20.")
    changes_count: int = 0
    problems: list[ProblemRead]
    nodes: list[NodeProgress]
    waves: list[list[str]] = Field([], description="The nodes, wave by wave.")
    wave: int = Field(1, description="The wave that is under way or was the last, from 1.")
    stopped: str = Field("", description="Where it stopped, and why.")


class ReleaseBrief(BaseModel):
    """A release in one line."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    state: ReleaseState
    author: str
    reason: str
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    stopped: str = Field("", description="Where it stopped, and why.")


class ConfigStatus(BaseModel):
    """How far the drafts are from what is live."""

    changes_count: int = Field(description="Changes that wait to be applied, as many as a plan would tell.")
    elsewhere_count: int = Field(description="Those of them outside of one's own locations: an admin applies these.")
    failed_sounds: int = Field(description="Texts and recordings of the drafts that could not be made into sound.")
    live: ReleaseBrief | None = Field(description="What the phones run on; null before the first release.")
    newest: ReleaseBrief | None = Field(description="The last that was applied; it may have failed or be under way.")


class ApplyRequest(BaseModel):
    """Why this is applied, for the history."""

    reason: FreeText = Field("", max_length=500)
    canary: str | None = Field(None, max_length=40, description="The node that goes first; default: not the home node.")


class BlobRequest(BaseModel):
    """Files a node doesn't hold yet."""

    sha256: list[str] = Field(max_length=20_000)
