"""Bundle files by content. Files with secrets in them lie sealed."""

import hashlib

from controlplane.platform.crypto import Crypto
from controlplane.platform.storage import Storage


class Blobs:
    """Files of releases, found by the SHA-256 of what a node will see."""

    def __init__(self, storage: Storage, crypto: Crypto) -> None:
        self._storage = storage
        self._crypto = crypto

    def put(self, content: bytes, *, secret: bool, sha256: str | None = None) -> str:
        """Stores a file, unless it is there, and returns its hash; whoever knows the hash already saves some time."""
        sha256 = sha256 or hashlib.sha256(content).hexdigest()
        if secret and not self._storage.holds(_sealed(sha256)):
            self._storage.put(_sealed(sha256), self._crypto.seal_bytes(content, f"blob:{sha256}"))
        if not secret and not self._storage.holds(_plain(sha256)):
            self._storage.put_blob(content)
        return sha256

    def get(self, sha256: str) -> bytes | None:
        """The file again; None when it isn't there."""
        try:
            sealed = self._storage.path(_sealed(sha256))
            if sealed.exists():
                return self._crypto.open_bytes(sealed.read_bytes(), f"blob:{sha256}")
            return self._storage.blob_path(sha256).read_bytes()
        except (FileNotFoundError, ValueError):
            return None

    def size(self, sha256: str) -> int:
        """Bytes of a file without secrets."""
        return self._storage.blob_path(sha256).stat().st_size


def _sealed(sha256: str) -> str:
    return f"sealed/{sha256[:2]}/{sha256}"


def _plain(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}"
