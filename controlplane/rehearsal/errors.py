"""Errors of rehearsals.

Unavailable
└── RehearsalFailed   the node's shadow is away or can't play
"""

from controlplane.platform.problem import Unavailable


class RehearsalFailed(Unavailable):
    """The node can't rehearse now; calls are not touched by that."""

    slug = "rehearsal-failed"
