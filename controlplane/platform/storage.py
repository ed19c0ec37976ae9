"""Where big things lie: recordings, voicemail, prompts and bundle files, under the data folder, by key."""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Collection, Iterator
from pathlib import Path
from typing import IO

HELD_S = 60.0
"""So long a file deleted by hand is believed to be there."""

_KEY = re.compile(r"^[a-z]+(/[A-Za-z0-9][A-Za-z0-9._-]*){1,6}$")


class Storage:
    """Files by key such as ``recordings/2026/11/<id>.wav``. Written whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: set[str] = set()
        self._held_since = time.monotonic()

    @staticmethod
    def is_key(text: str) -> bool:
        """Whether a file could have this key."""
        return _KEY.match(text) is not None

    def path(self, key: str) -> Path:
        """The file behind a key.

        Raises:
            ValueError: Not a key of ours; nothing outside the root can be named.
        """
        if not self.is_key(key):
            raise ValueError(f"not a storage key: {key!r}")
        return self._root / key

    def exists(self, key: str) -> bool:
        """Whether there is such a file; a fifth of the time of asking its path, for thousands of them."""
        return self.is_key(key) and os.path.exists(f"{self._root}/{key}")  # noqa: PTH110

    def missing(self, keys: Collection[str]) -> set[str]:
        """Those not stored, for what is kept by its content and so stays: the disk is asked once a minute."""
        if time.monotonic() - self._held_since > HELD_S:
            self._held = set()
            self._held_since = time.monotonic()
        unseen = set(keys) - self._held
        found = {key for key in unseen if self.exists(key)}
        self._held.update(found)
        return unseen - found

    def keys(self) -> Iterator[str]:
        """Every key that there is a file of, in order; files half written have none."""
        for folder, folders, names in os.walk(self._root):
            folders.sort()
            for name in sorted(names):
                key = os.path.relpath(f"{folder}/{name}", self._root)
                if self.is_key(key):
                    yield key

    def put(self, key: str, content: bytes) -> Path:
        """Stores bytes; replacing is atomic."""
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
        return target

    def put_stream(self, key: str, content: IO[bytes]) -> None:
        """Stores what may be large; replacing is atomic. The disk is left its time: `os.sync` after many of them."""
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(content, file, 1024 * 1024)
            Path(temporary).replace(target)
        finally:
            Path(temporary).unlink(missing_ok=True)

    async def receive(self, key: str, chunks: AsyncIterator[bytes], sha256: str) -> int:
        """Stores a stream if its SHA-256 is right; returns its size in bytes.

        Raises:
            ValueError: The checksum differs; nothing was kept.
        """
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as file:
                async for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if digest.hexdigest() != sha256:
                raise ValueError("checksum differs")
            os.replace(temporary, target)  # noqa: PTH105 - same as put, on a str
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)  # noqa: PTH108
        return size

    def delete(self, key: str) -> None:
        """Removes; absent is fine."""
        self.path(key).unlink(missing_ok=True)

    def put_blob(self, content: bytes) -> str:
        """Stores bytes by their SHA-256 (bundle files, prompts) and returns it."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.blob_path(sha256).exists():
            self.put(f"blobs/{sha256[:2]}/{sha256}", content)
        return sha256

    def blob_path(self, sha256: str) -> Path:
        """The file of a blob, there or not."""
        return self.path(f"blobs/{sha256[:2]}/{sha256}")
