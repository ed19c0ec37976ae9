"""Errors of the release slice.

Invalid
└── PlanRefused   the configuration has errors; each is listed
"""

from collections.abc import Sequence

from controlplane.platform.problem import FieldError, Invalid
from controlplane.release.schemas import ProblemRead


class PlanRefused(Invalid):
    """The configuration can't work; nothing was changed anywhere."""

    slug = "plan-refused"

    def __init__(self, problems: Sequence[ProblemRead]) -> None:
        wrong = [problem for problem in problems if problem.severity == "error"]
        super().__init__(
            f"The configuration has {len(wrong)} error{'s' if len(wrong) != 1 else ''}: {wrong[0].message}",
            hint="Correct what errors names, look at the plan, then apply again.",
            errors=[FieldError(problem.path, problem.message) for problem in wrong],
        )
