"""Where one private Asterisk keeps its things: folders, files, ports and secrets."""

import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_PLAIN_PATH = re.compile(r"/[\w./+@: -]*", re.ASCII)
_SYSTEM_NAME = re.compile(r"[A-Za-z0-9-]{1,40}")
_SOCKET_PATH_MAX = 107  # Linux, sockaddr_un


class AsteriskRuntimeError(Exception):
    """The private Asterisk can't be fetched, set up, started or stopped; the text is one sentence for a person."""


@dataclass(frozen=True)
class AsteriskPorts:
    """The doors of one Asterisk.

    Attributes:
        sip: UDP and TCP, phones and trunks.
        sip_tls: SIP over TLS.
        wss: TLS port of the browser phones' websocket, path ``/ws``.
        ari: plain HTTP on loopback, for noded's ARI.
        ami: on loopback, for noded's AMI.
        rtp_start: first UDP port for media.
        rtp_end: last UDP port for media; a call takes four.
    """

    sip: int = 5060
    sip_tls: int = 5061
    wss: int = 8089
    ari: int = 8088
    ami: int = 5038
    rtp_start: int = 10_000
    rtp_end: int = 20_000


@dataclass(frozen=True)
class AsteriskLayout:
    """One private Asterisk: its root folder, its programs and its network face.

    Attributes:
        root: folder that holds all of it, such as ``<data>/node``; absolute.
        tree: unpacked packages, from :func:`controlplane.node.runtime.ensure_tree`.
        systemname: name of the node; prefixes every ``uniqueid`` and ``linkedid``.
        bind_address: IPv4 address that SIP and RTP listen on.
        external_address: public IPv4 address told to the far side when the node sits behind NAT.
        local_nets: networks on this side of that NAT, the node's own with them, as CIDR.
        ports: see :class:`AsteriskPorts`.
    """

    root: Path
    tree: Path
    systemname: str = "node1"
    bind_address: str = "127.0.0.1"
    external_address: str | None = None
    local_nets: tuple[str, ...] = ("127.0.0.0/8",)
    ports: AsteriskPorts = AsteriskPorts()

    def __post_init__(self) -> None:
        for path in (self.root, self.tree):
            if not _PLAIN_PATH.fullmatch(str(path)):
                raise AsteriskRuntimeError(
                    f"The path {path} must be absolute and hold only letters, digits, spaces and ./+@:_- "
                    "(Asterisk's configuration files can't carry others)."
                )
        if not _SYSTEM_NAME.fullmatch(self.systemname):
            raise AsteriskRuntimeError(f"The node name {self.systemname!r} must be 1 to 40 letters, digits or hyphens.")
        if len(str(self.run / "asterisk.ctl")) > _SOCKET_PATH_MAX:
            raise AsteriskRuntimeError(f"The path {self.root} is too long for Asterisk's control socket: shorten it.")

    @property
    def sip_address(self) -> str | None:
        """Where other nodes call this one, as far as it knows: listening on every address, it doesn't."""
        host = self.external_address or self.bind_address
        return None if host == "0.0.0.0" else f"{host}:{self.ports.sip}"  # noqa: S104 - compared, not bound

    # Folders of this instance.

    @property
    def etc(self) -> Path:
        """Base configuration, rewritten at each start."""
        return self.root / "etc"

    @property
    def run(self) -> Path:
        """Pid file and control socket."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """Logs and the three record files."""
        return self.root / "log"

    @property
    def spool(self) -> Path:
        """Recordings and voicemail waiting to be carried on."""
        return self.root / "spool"

    @property
    def var_lib(self) -> Path:
        """Asterisk's own database and keys."""
        return self.root / "var" / "lib"

    @property
    def data(self) -> Path:
        """Sounds and music, mostly links into the tree."""
        return self.root / "data"

    @property
    def prompts(self) -> Path:
        """Our prompts, named by digest; the dialplan plays them as ``cp/<name>``."""
        return self.root / "prompts"

    @property
    def releases(self) -> Path:
        """Unpacked releases, one folder each."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """Link to the release that is live; absent before the first."""
        return self.root / "current"

    @property
    def secrets(self) -> Path:
        """Passwords of AMI and ARI, TLS key; private to the owner."""
        return self.root / "secrets"

    # Files.

    @property
    def config_file(self) -> Path:
        """What ``asterisk -C`` is given."""
        return self.etc / "asterisk.conf"

    @property
    def pid_file(self) -> Path:
        """Written by Asterisk itself."""
        return self.run / "asterisk.pid"

    @property
    def cel_file(self) -> Path:
        """Channel events; the columns are ``CEL_COLUMNS``."""
        return self.log / "cel-custom" / "Master.csv"

    @property
    def cdr_file(self) -> Path:
        """Call detail records; the columns are ``CDR_COLUMNS``."""
        return self.log / "cdr-custom" / "Master.csv"

    @property
    def queue_log(self) -> Path:
        """Queue happenings; the columns are ``QUEUE_LOG_COLUMNS``."""
        return self.log / "queue_log"

    @property
    def messages_log(self) -> Path:
        """Notices, warnings and errors."""
        return self.log / "messages.log"

    @property
    def tls_cert(self) -> Path:
        """Certificate for SIP over TLS and for the websocket; replace it and its key by your own."""
        return self.secrets / "tls.crt"

    @property
    def tls_key(self) -> Path:
        """Key of :attr:`tls_cert`."""
        return self.secrets / "tls.key"

    @property
    def program(self) -> Path:
        """The Asterisk program."""
        return self.tree / "bin" / "asterisk"

    @property
    def shared(self) -> Path:
        """Sounds, music and documentation that the packages bring."""
        return self.tree / "root" / "usr" / "share" / "asterisk"

    @cached_property
    def modules(self) -> Path:
        """Folder of the loadable modules.

        Raises:
            AsteriskRuntimeError: the tree holds no Asterisk.
        """
        found = next((self.tree / "root" / "usr" / "lib").glob("*/asterisk/modules"), None)
        if found is None:
            raise AsteriskRuntimeError(f"The folder {self.tree} holds no Asterisk.")
        return found

    # Secrets: made at first use, kept from then on.

    @cached_property
    def ami_secret(self) -> str:
        """Password of the AMI user ``noded``."""
        return self._secret("ami")

    @cached_property
    def ari_secret(self) -> str:
        """Password of the ARI user ``noded``."""
        return self._secret("ari")

    def _secret(self, name: str) -> str:
        path = self.secrets / name
        if not path.exists():
            self.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32))
        return path.read_text()
