"""What no release changes of Asterisk's configuration: ``asterisk/etc`` with this instance's paths filled in."""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from controlplane.kit import clock
from controlplane.node.layout import AsteriskLayout

ETC_SOURCE = Path(__file__).resolve().parents[2] / "asterisk" / "etc"

_PLACEHOLDER = re.compile(r"@([A-Z_]+)@")
_CERTIFICATE_LIFE = dt.timedelta(days=3650)
_FOLDERS = (
    "etc", "run", "log/cdr-custom", "log/cel-custom", "spool/monitor", "spool/recording", "spool/tmp",
    "spool/voicemail/default", "var/lib/keys", "data/sounds", "prompts", "releases", "secrets",
)  # fmt: skip


def write_base_config(layout: AsteriskLayout) -> None:
    """Makes the instance's folders and writes its base configuration; safe to repeat, keeps secrets and calls' data.

    Raises:
        AsteriskRuntimeError: the tree holds no Asterisk.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    layout.root.chmod(0o750)  # Asterisk's own database in it holds the phones' passwords, readable for all
    for folder in _FOLDERS:
        (layout.root / folder).mkdir(parents=True, exist_ok=True, mode=0o750)
    _link_shared_files(layout)
    if not layout.tls_cert.exists():
        addresses = {"127.0.0.1", layout.external_address or layout.bind_address}
        certificate, key = self_signed(layout.systemname, addresses)
        _write_private(layout.tls_key, key)
        _write_private(layout.tls_cert, certificate)
    values = _values(layout)
    for source in sorted(ETC_SOURCE.glob("*.conf")):
        text = _PLACEHOLDER.sub(lambda match: values[match[1]], source.read_text())
        _write_private(layout.etc / source.name, text.encode())


def _values(layout: AsteriskLayout) -> dict[str, str]:
    ports = layout.ports
    return {
        "ETC": str(layout.etc),
        "MODULES": str(layout.modules),
        "VAR_LIB": str(layout.var_lib),
        "DATA": str(layout.data),
        "SPOOL": str(layout.spool),
        "RUN": str(layout.run),
        "LOG": str(layout.log),
        "CURRENT": str(layout.current),
        "INDICATIONS": str(layout.tree / "root" / "etc" / "asterisk" / "indications.conf"),
        "SYSTEMNAME": layout.systemname,
        "BIND_ADDRESS": layout.bind_address,
        "EXTERNAL": _external(layout),
        "SIP_PORT": str(ports.sip),
        "SIP_TLS_PORT": str(ports.sip_tls),
        "WSS_PORT": str(ports.wss),
        "HTTP_PORT": str(ports.ari),
        "AMI_PORT": str(ports.ami),
        "RTP_START": str(ports.rtp_start),
        "RTP_END": str(ports.rtp_end),
        "AMI_SECRET": layout.ami_secret,
        "ARI_SECRET": layout.ari_secret,
        "TLS_CERT": str(layout.tls_cert),
        "TLS_KEY": str(layout.tls_key),
    }


def _external(layout: AsteriskLayout) -> str:
    if layout.external_address is None:
        return ""
    address = ipaddress.ip_address(layout.external_address)
    lines = [f"external_media_address = {address}", f"external_signaling_address = {address}"]
    # Asterisk writes the external address only over one of its own that is in these networks, to whoever is in none.
    return "\n".join(lines + [f"local_net = {ipaddress.ip_network(net)}" for net in layout.local_nets])


def _link_shared_files(layout: AsteriskLayout) -> None:
    links = {
        layout.data / "sounds" / "en": layout.shared / "sounds" / "en_US_f_Allison",
        layout.data / "sounds" / "cp": layout.prompts,
        layout.data / "moh": layout.shared / "moh",
        layout.data / "documentation": layout.shared / "documentation",
        layout.data / "rest-api": layout.shared / "rest-api",
    }
    for link, target in links.items():
        if link.is_symlink():
            link.unlink()  # the tree may have moved
        link.symlink_to(target)


def self_signed(common_name: str, addresses: Iterable[str]) -> tuple[bytes, bytes]:
    """A certificate that signs itself, and its key (PEM): enough to encrypt, and what a phone can be told to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName(common_name)]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in sorted(addresses)]
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + _CERTIFICATE_LIFE)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key_pem


def _write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner reads, whole or not at all."""
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_bytes(content)
    partial.replace(path)
