"""What this installation is: its version, and for installation admins its settings, never a secret."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from controlplane import __version__
from controlplane.entrypoints.settings_page import is_secret
from controlplane.identity.door import LoggedIn
from controlplane.platform.services import ServicesDep
from controlplane.platform.settings import Settings

router = APIRouter(tags=["system"])


class SettingRead(BaseModel):
    """One setting, as the operator set it or by default."""

    name: str = Field(description="The environment variable.")
    what: str
    value: str | None = Field(description="null: not set, or a secret.")
    secret: bool
    is_set: bool = Field(description="By the operator; else the default holds.")


class SystemRead(BaseModel):
    """The installation."""

    version: str
    settings: list[SettingRead] = Field(description="For installation admins; empty for everybody else.")


@router.get("/api/v1/system")
async def system(services: ServicesDep, principal: LoggedIn) -> SystemRead:
    """The version, and what was set by environment variables where the system was started."""
    shown = principal.installation_admin and principal.may("nodes:read")
    return SystemRead(version=__version__, settings=_settings(services.settings) if shown else [])


def _settings(settings: Settings) -> list[SettingRead]:
    return [
        SettingRead(
            name=f"CP_{name.upper()}",
            what=field.description or "",
            value=None if (secret := is_secret(field.annotation)) else _words(getattr(settings, name)),
            secret=secret,
            is_set=name in settings.model_fields_set and getattr(settings, name) is not None,
        )
        for name, field in Settings.model_fields.items()
    ]


def _words(value: object) -> str | None:
    return None if value is None else str(value)
