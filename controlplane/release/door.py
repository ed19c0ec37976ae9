"""What others may use of releases: the command line plans and applies through here, calls learn how to dial."""

from controlplane.release.compiled import Compiled
from controlplane.release.dialing import WayToDial, way_to_dial
from controlplane.release.errors import PlanRefused
from controlplane.release.model import PbxModel
from controlplane.release.progress import find_by_number, history, wait_until_done
from controlplane.release.schemas import ChangeRead, PlanRead, ProblemRead, ReleaseRead, ReleaseState
from controlplane.release.service import apply, draft_now, live_now, plan, roll_back
from controlplane.release.staged import forget_staged, make_staged, read_staged
from controlplane.release.staging import carriers_of, longest_waits

__all__ = [
    "ChangeRead",
    "Compiled",
    "PbxModel",
    "PlanRead",
    "PlanRefused",
    "ProblemRead",
    "ReleaseRead",
    "ReleaseState",
    "WayToDial",
    "apply",
    "carriers_of",
    "draft_now",
    "find_by_number",
    "forget_staged",
    "history",
    "live_now",
    "longest_waits",
    "make_staged",
    "plan",
    "read_staged",
    "roll_back",
    "wait_until_done",
    "way_to_dial",
]
