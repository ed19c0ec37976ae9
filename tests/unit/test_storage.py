"""What lies under the data folder, by key."""

import hashlib
from pathlib import Path

import pytest

from controlplane.platform import storage
from controlplane.platform.storage import Storage


def test_a_file_deleted_by_hand_is_missed_after_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Storage(tmp_path)
    sha256 = kept.put_blob(b"dialplan")
    assert sha256 == hashlib.sha256(b"dialplan").hexdigest()
    key = f"blobs/{sha256[:2]}/{sha256}"
    assert kept.missing([key, "blobs/00/0"]) == {"blobs/00/0"}
    kept.blob_path(sha256).unlink()
    assert not kept.missing([key])
    monkeypatch.setattr(storage, "HELD_S", -1.0)
    assert kept.missing([key]) == {key}
    kept.put_blob(b"dialplan")
    assert not kept.missing([key])
