"""What others may use of rehearsals: the command line plays calls through here."""

from controlplane.rehearsal.schemas import SimulationRead, SimulationRequest
from controlplane.rehearsal.service import simulate

__all__ = ["SimulationRead", "SimulationRequest", "simulate"]
