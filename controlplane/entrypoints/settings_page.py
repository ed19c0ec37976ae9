"""Writes docs/reference/settings.md from the settings: ``python -m controlplane.entrypoints.settings_page``."""

import types
import typing
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from controlplane.platform.settings import REPOSITORY, Settings

PAGE = REPOSITORY / "docs" / "reference" / "settings.md"
HEAD = """# Settings

Environment variables, or lines of a `.env` file in the folder where the program starts. Every one has a working default
for one machine. Generated from `controlplane/platform/settings.py`; edit it there.

| Name | Default | Meaning |
|---|---|---|
"""


def settings_page() -> str:
    """The whole page."""
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    default = field.default
    shown = "" if default is None else f"`{'./' if isinstance(default, Path) else ''}{default}`"
    if isinstance(default, bool):
        shown = f"`{str(default).lower()}`"
    secret = " *Secret.*" if is_secret(field.annotation) else ""
    return f"| `CP_{name.upper()}` | {shown} | {field.description}{secret} |\n"


def is_secret(annotation: object) -> bool:
    """Whether a setting of this type must never be shown."""
    union = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    return SecretStr in union


if __name__ == "__main__":
    PAGE.write_text(settings_page())
