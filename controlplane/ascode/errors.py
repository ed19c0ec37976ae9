"""Errors of configuration as code.

Invalid
└── ImportRefused    nothing was taken in; says where in which file
"""

from collections.abc import Sequence
from typing import Any

from controlplane.ascode.schemas import ImportProblem
from controlplane.platform.problem import FieldError, Invalid


class ImportRefused(Invalid):
    """The files can't be taken in; nothing was changed. ``problems`` has file, line, object and field of each."""

    slug = "import-refused"

    def __init__(self, problems: Sequence[ImportProblem]) -> None:
        first = "; ".join(in_words(one) for one in problems[:3])
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        super().__init__(
            f"{first}{more}", hint="Correct the places named in problems and import again.",
            errors=[FieldError(".".join(filter(None, (one.object, one.field))), one.message) for one in problems],
        )  # fmt: skip
        self.problems = list(problems)

    def document(self) -> dict[str, Any]:
        """The JSON body, with the place of each problem."""
        return {**super().document(), "problems": [one.model_dump() for one in self.problems]}


def in_words(problem: ImportProblem) -> str:
    """One line for people: ``phones.yaml:12: queues/Sales, members[0]: … (hint)``."""
    where = ", ".join(filter(None, (problem.object, problem.field)))
    hint = f" {problem.hint}" if problem.hint else ""
    return f"{problem.file}:{problem.line}: {where + ': ' if where else ''}{problem.message}{hint}"
