"""A call that is only played: what is asked, and what would happen."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from controlplane.telephony.flow_schemas import FlowTestFields, Outcome, Situation


class Source(StrEnum):
    """Which configuration is played."""

    DRAFT = "draft"  # what an apply would put in force
    LIVE = "live"  # what is in force


class SimulationRequest(Situation):
    """A call to play."""

    source: Source = Source.DRAFT


class Place(BaseModel):
    """An object of the configuration, or a number outside (which has no id)."""

    kind: str
    id: UUID | None
    name: str


class Step(BaseModel):
    """One thing that happens, as `GET /calls/{id}` tells it of real calls."""

    after_s: float = Field(description="Seconds since the call began, in the rehearsal's own shortened time.")
    what: str
    words: str
    object: Place | None
    why: str | None
    longest_s: float | None = Field(description="How long the caller may really wait here before the call goes on.")


class Heard(BaseModel):
    """A sound that the caller hears."""

    after_s: float
    words: str = Field(description="What is said, or the name of the sound.")
    prompt: Place | None


class End(BaseModel):
    """Where and how it ends."""

    how: Outcome
    object: Place | None
    words: str


class SimulationRead(BaseModel):
    """What would happen to the call."""

    number: str
    moment: AwareDatetime
    timezone: str = Field(description="The number's location's zone.")
    source: Source
    steps: list[Step]
    hears: list[Heard]
    end: End
    passes: list[Place] = Field(description="The objects that it comes through, in order.")
    status: str = Field(description="As the call record would have it.")
    longest_s: float = Field(description="All real waits together, at their longest.")
    took_ms: int = Field(description="Time of the rehearsal itself.")


class RunState(StrEnum):
    """How far a run of flow tests is."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"  # at least one test did not hold
    BROKEN = "broken"  # it could not be played; ``detail`` says why


class TestResult(BaseModel):
    """One test of a run. ``problems`` is empty when the call went its way."""

    id: UUID
    name: str
    passed: bool
    problems: list[str] = Field(description="What was expected and what would happen instead, in sentences.")
    path: list[str] = Field(description="The call in words, step by step.")


class RunRequest(BaseModel):
    """Which tests to run on what."""

    source: Source = Source.DRAFT
    flow_test_ids: list[UUID] | None = Field(None, max_length=2000, description="Null: all.")


class RunRead(BaseModel):
    """A run of flow tests and how it goes."""

    id: UUID
    state: RunState
    source: Source
    reason: str = Field(description="`asked`, or `apply` when it stood before one.")
    author: str
    total: int
    done: int
    failed: int
    detail: str
    results: list[TestResult]
    created_at: AwareDatetime
    finished_at: AwareDatetime | None


class Policy(StrEnum):
    """What flow tests mean for an apply."""

    OFF = "off"  # they are not run
    WARN = "warn"  # a test that fails is a warning
    BLOCK = "block"  # a test that fails refuses the apply


class PolicyRead(BaseModel):
    """The organisation's policy."""

    policy: Policy


class GenerateRequest(BaseModel):
    """For which numbers to make tests."""

    phone_number_ids: list[UUID] | None = Field(None, max_length=20, description="Null: all, if they are at most 20.")
    source: Source = Source.LIVE
    dry_run: bool = Field(True, description="Only show what would be made.")


class Generated(BaseModel):
    """Tests that follow from how calls go now. Those whose name is taken already are passed over."""

    made: list[FlowTestFields]
    passed_over: list[str]
    dry_run: bool
