"""What others may use of releases: the command line plans and applies through here, calls learn how to dial."""

from controlplane.release.compare import compare
from controlplane.release.compiled import Compiled
from controlplane.release.dialing import (
    Callee,
    WayToDial,
    callee_dialed,
    callee_outside,
    node_of,
    numbers_to_choose,
    way_to_dial,
)
from controlplane.release.dialplan_source import DialplanSource, SourceLine
from controlplane.release.errors import PlanRefused
from controlplane.release.frozen import configuration_of
from controlplane.release.gate import before_apply
from controlplane.release.in_force import InForce, ReleaseThen, in_force
from controlplane.release.model import PbxModel
from controlplane.release.numbers import ways_to_dial
from controlplane.release.pbx_objects import Device, Extension, Hop, Member, PhoneNumber, Queue, Span, TimeCondition
from controlplane.release.progress import find_by_number, history, wait_until_done
from controlplane.release.reach import require_everywhere
from controlplane.release.repository import ReleaseFilter
from controlplane.release.schemas import ChangeRead, Comparison, PlanRead, ProblemRead, ReleaseRead, ReleaseState
from controlplane.release.service import apply, draft_now, live_now, plan, resume, roll_back
from controlplane.release.staged import forget_staged, make_staged, read_staged
from controlplane.release.staging import carriers_of, longest_waits

__all__ = [
    "Callee",
    "ChangeRead",
    "Comparison",
    "Compiled",
    "Device",
    "DialplanSource",
    "Extension",
    "Hop",
    "InForce",
    "Member",
    "PbxModel",
    "PhoneNumber",
    "PlanRead",
    "PlanRefused",
    "ProblemRead",
    "Queue",
    "ReleaseFilter",
    "ReleaseRead",
    "ReleaseState",
    "ReleaseThen",
    "SourceLine",
    "Span",
    "TimeCondition",
    "WayToDial",
    "apply",
    "before_apply",
    "callee_dialed",
    "callee_outside",
    "carriers_of",
    "compare",
    "configuration_of",
    "draft_now",
    "find_by_number",
    "forget_staged",
    "history",
    "in_force",
    "live_now",
    "longest_waits",
    "make_staged",
    "node_of",
    "numbers_to_choose",
    "plan",
    "read_staged",
    "require_everywhere",
    "resume",
    "roll_back",
    "wait_until_done",
    "way_to_dial",
    "ways_to_dial",
]
