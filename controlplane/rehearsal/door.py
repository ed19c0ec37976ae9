"""What others may use of rehearsals: the command line plays calls and runs flow tests through here."""

from controlplane.rehearsal.flow_tests import read_run, start_run
from controlplane.rehearsal.schemas import RunRead, RunRequest, RunState, SimulationRead, SimulationRequest, Source
from controlplane.rehearsal.service import simulate

__all__ = [
    "RunRead",
    "RunRequest",
    "RunState",
    "SimulationRead",
    "SimulationRequest",
    "Source",
    "read_run",
    "simulate",
    "start_run",
]
