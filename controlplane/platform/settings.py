"""Everything an operator may set, from ``CP_`` environment variables or a ``.env`` file. Built once per entrypoint."""

import ipaddress
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from controlplane.kit.text import Email

REPOSITORY = Path(__file__).resolve().parents[2]
"""Where ``asterisk/`` and ``dialplan_templates/`` lie."""


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _range(text: str) -> str:
    low, _, high = text.partition("-")
    if not (low.isdigit() and high.isdigit() and 1024 <= int(low) < int(high) <= 65535 and int(high) - int(low) >= 19):
        raise ValueError("write two ports like 10000-20000, above 1023 and at least 20 ports apart")
    return text


def _networks(text: str) -> str:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        try:
            ipaddress.ip_network(part)
        except ValueError:
            raise ValueError(f"{part[:50]!r} is no IP address or network like 192.168.7.0/24") from None
    return ",".join(parts)


Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Every field has a working default for one machine."""

    model_config = SettingsConfigDict(env_prefix="CP_", env_file=".env", extra="ignore", env_ignore_empty=True)

    data_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        Path("var"), description="Folder of everything this installation keeps."
    )
    cache_dir: Path | None = Field(
        None, description="Folder of the downloaded Asterisk runtime; default `~/.cache/call-commander`."
    )
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL, `postgresql://user:password@host/name`. Unset: a private one in the data folder.",
    )
    redis_url: SecretStr | None = Field(None, description="Redis for shared limits. Unset: kept per process.")
    http_host: str = Field("127.0.0.1", description="Address the API and web UI listen on.")
    http_port: Port = Field(8000, description="Port of the API and web UI.")
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        description="Addresses or networks of reverse proxies, `10.0.0.5,192.168.7.0/24`: only their word is taken "
        "for who the client is (`X-Forwarded-For`) and for https (`X-Forwarded-Proto`). Empty: nobody's.",
    )
    public_url: str | None = Field(
        None, description="Address of the web UI as users type it; default from host and port."
    )
    sip_host: str = Field("127.0.0.1", description="Address Asterisk's SIP and RTP listen on; `0.0.0.0` in production.")
    sip_port: Port = Field(5060, description="SIP over UDP and TCP.")
    sip_tls_port: Port | None = Field(None, description="SIP over TLS; default: the SIP port plus one.")
    wss_port: Port = Field(8089, description="WebSocket over TLS for browser phones.")
    ami_port: Port | None = Field(
        None, description="Asterisk Manager Interface, loopback only, for noded alone; default: a free port, kept."
    )
    ari_port: Port | None = Field(
        None, description="Asterisk REST Interface, loopback only, for noded alone; default: a free port, kept."
    )
    rtp_range: Annotated[str, AfterValidator(_range)] = Field("10000-20000", description="UDP ports for audio.")
    external_ip: str | None = Field(
        None, description="Public address of this machine, when phones and carriers reach it through NAT."
    )
    local_nets: Annotated[str, AfterValidator(_networks)] = Field(
        "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16",
        description="Networks on this side of the NAT, this machine's own with them: who is in them is told its own "
        "address, who is not `CP_EXTERNAL_IP`.",
    )
    node_name: str = Field(
        "main",
        pattern=r"^[a-z0-9-]{1,40}$",
        description="Name of the node on this machine; prefix of its call ids.",
    )
    control_url: str | None = Field(
        None, description="Where a node on another machine finds the control plane; default the local API."
    )
    enrolment_code: SecretStr | None = Field(None, description="One-time code with which a new node introduces itself.")
    admin_email: Email = Field("admin@localhost", description="Login of the first admin, made at first start.")
    admin_password: SecretStr | None = Field(
        None, description="Password of the first admin; unset: made up and shown once."
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Key of all secrets at rest, 32 characters or more; unset: made up and kept in the data folder.",
    )
    vosk_model: Path | None = Field(
        None,
        description="Folder of a Vosk model; unset: `models/vosk` in the data folder if there, else Whisper.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server for voicemail, `smtp://user:password@host:587`. Unset: no mail is sent.",
    )
    mail_from: str = Field("phone@localhost", description="Sender address of mail.")
    require_if_match: bool = Field(
        False, description="Refuse changes without `If-Match` (428), so that nobody overwrites what they have not seen."
    )
    releases_kept: int = Field(
        200,
        ge=2,
        description="How many releases of each organisation can be rolled back to; of older ones the history stays.",
    )
    log_level: str = Field(
        "info", pattern=r"^(debug|info|warning|error)$", description="debug, info, warning or error."
    )
    log_json: bool = Field(False, description="Log lines as JSON, for collectors.")

    @model_validator(mode="after")
    def _keys_are_long_enough(self) -> Self:
        if self.secret_key is not None and len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("CP_SECRET_KEY needs at least 32 characters; make one with: openssl rand -base64 48")
        return self

    @property
    def api_url(self) -> str:
        """Where processes on this machine reach the API."""
        host = "127.0.0.1" if self.http_host in {"0.0.0.0", "::"} else self.http_host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.http_port}"

    @property
    def web_url(self) -> str:
        """The address users type."""
        return (self.public_url or self.api_url).rstrip("/")

    def as_environment(self) -> dict[str, str]:
        """The same settings for a child process; what is unset is empty."""
        return {f"CP_{name.upper()}": _plain(getattr(self, name)) for name in type(self).model_fields}


def wss_host(settings: Settings, page_host: str) -> str:
    """Under which name browser phones reach Asterisk's socket: its own address, or the page's if it listens on all."""
    return page_host if settings.sip_host in {"0.0.0.0", "::"} else settings.sip_host  # noqa: S104 - compared, not bound


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value)
