"""Bundle files by content. Files with secrets in them lie sealed."""

from collections.abc import Iterable

from controlplane.platform.crypto import Crypto
from controlplane.platform.storage import Storage
from controlplane.release.render import RenderedFile


class Blobs:
    """Files of releases, found by the SHA-256 of what a node will see."""

    def __init__(self, storage: Storage, crypto: Crypto) -> None:
        self._storage = storage
        self._crypto = crypto

    def put(self, files: Iterable[RenderedFile]) -> None:
        """Stores those that are not there yet."""
        by_key = {_sealed(one.sha256) if one.secret else _plain(one.sha256): one for one in files}
        for key in self._storage.missing(by_key.keys()):
            file = by_key[key]
            content = self._crypto.seal_bytes(file.content, f"blob:{file.sha256}") if file.secret else file.content
            self._storage.put(key, content)

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
