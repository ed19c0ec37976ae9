"""Secrets at rest and signatures. Everything derives from one secret key."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from controlplane.platform.settings import Settings


class SecretUnreadable(Exception):
    """A stored secret doesn't open: other key, or moved to another row."""


class Crypto:
    """Keys of one installation.

    Stored secrets are ``v1.<key id>.<nonce+ciphertext>`` with table, column and row bound in, so that a value copied
    to another row doesn't open.
    """

    def __init__(self, secret_key: str) -> None:
        self._root = secret_key.encode()
        self._aes = AESGCM(self._derive("secrets at rest"))
        self.key_id = hashlib.sha256(self._derive("key id")).hexdigest()[:8]
        self.token_key = self._derive("access tokens")
        self.bundle_key = Ed25519PrivateKey.from_private_bytes(self._derive("bundle signing"))

    def _derive(self, purpose: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=b"call-commander", info=purpose.encode()).derive(self._root)

    def seal(self, text: str, where: str) -> str:
        """Encrypts. ``where`` is ``table.column:row id``."""
        sealed = self.seal_bytes(text.encode(), where)
        return f"v1.{self.key_id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, where: str) -> str:
        """Decrypts.

        Raises:
            SecretUnreadable: Sealed by another key or for another place.
        """
        version, key_id, data = sealed.split(".", 2)
        if version != "v1" or key_id != self.key_id:
            raise SecretUnreadable(f"{where} was sealed with another CP_SECRET_KEY")
        return self.open_bytes(base64.urlsafe_b64decode(data), where).decode()

    def seal_bytes(self, content: bytes, where: str) -> bytes:
        """Encrypts something larger: nonce, then ciphertext."""
        nonce = os.urandom(12)
        return nonce + self._aes.encrypt(nonce, content, where.encode())

    def open_bytes(self, sealed: bytes, where: str) -> bytes:
        """Decrypts it again.

        Raises:
            SecretUnreadable: Sealed by another key or for another place.
        """
        try:
            return self._aes.decrypt(sealed[:12], sealed[12:], where.encode())
        except InvalidTag as err:
            raise SecretUnreadable(f"{where} doesn't open") from err

    def keyed_hash(self, text: str) -> str:
        """A hash for look-ups of random tokens (API keys, refresh tokens, enrolment codes)."""
        return hmac.new(self._derive("token hash"), text.encode(), hashlib.sha256).hexdigest()

    def derived_password(self, purpose: str) -> str:
        """A password that is the same whenever it is asked for, and stored nowhere."""
        return base64.urlsafe_b64encode(self._derive(f"password: {purpose}")).decode().rstrip("=")


def load_secret_key(settings: Settings) -> str:
    """The installation's key: from the settings, else from the data folder, made there at first start (0600)."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    key = secrets.token_urlsafe(48)
    try:
        keep_secret_key(settings, key)
    except FileExistsError:
        return _read_key(_key_file(settings))
    return key


def keep_secret_key(settings: Settings, key: str) -> None:
    """Writes the key into the data folder, for its owner only.

    Raises:
        FileExistsError: There is one; no key is ever overwritten.
    """
    path = _key_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(key)


def read_secret_key(settings: Settings) -> str | None:
    """The key kept in the data folder; None before the first start.

    Raises:
        SecretUnreadable: It is damaged.
    """
    path = _key_file(settings)
    return _read_key(path) if path.exists() else None


def _key_file(settings: Settings) -> Path:
    return settings.data_dir / "secrets" / "secret_key"


def _read_key(path: Path) -> str:
    key = path.read_text().strip()
    if len(key) < 32:
        raise SecretUnreadable(f"{path} is damaged: restore it from a backup, or stored secrets stay closed")
    return key
