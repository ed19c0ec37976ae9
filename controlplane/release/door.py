"""What others may use of releases: the command line plans and applies through here, calls learn how to dial."""

from controlplane.release.dialing import WayToDial, way_to_dial
from controlplane.release.errors import PlanRefused
from controlplane.release.progress import find_by_number, history, wait_until_done
from controlplane.release.schemas import ChangeRead, PlanRead, ProblemRead, ReleaseRead, ReleaseState
from controlplane.release.service import apply, plan, roll_back

__all__ = [
    "ChangeRead",
    "PlanRead",
    "PlanRefused",
    "ProblemRead",
    "ReleaseRead",
    "ReleaseState",
    "WayToDial",
    "apply",
    "find_by_number",
    "history",
    "plan",
    "roll_back",
    "wait_until_done",
    "way_to_dial",
]
