"""Trees as archives and as folders: the YAML files, and the sounds that they name in ``audio/``."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.schemas import ImportProblem
from controlplane.ascode.text import MAX_BYTES
from controlplane.ascode.tree import HEAD

AUDIO = "audio"
YAML = (".yaml", ".yml")
MAX_FILES = 5_000
MAX_SOUNDS = 500_000_000
"""Bytes of all sounds together: some 8 hours at both rates."""
_MOMENT = (2026, 1, 1, 0, 0, 0)
Files = tuple[dict[str, bytes], dict[str, bytes]]
"""YAML by file name, sounds by SHA-256."""


def pack(files: dict[str, str], sounds: dict[str, Path]) -> bytes:
    """A zip archive; the same files always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(_entry(name), text.encode())
        for sha256, path in sorted(sounds.items()):
            archive.writestr(_entry(f"{AUDIO}/{sha256}.wav"), path.read_bytes())
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def unpack(content: bytes) -> Files:
    """What an archive holds. Nothing is written anywhere, so names can't lead astray.

    Raises:
        ImportRefused: Not an archive, or more in it than is taken.
    """
    reader = _Reader()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    with archive.open(entry) as file:
                        reader.take(entry.filename, file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError) as err:
        raise refused("import.zip", "is not a zip archive that can be read") from err
    return reader.files, reader.sounds


def read_path(path: Path) -> Files:
    """A YAML file, a folder with such files, or an archive.

    Raises:
        ImportRefused: It is something else.
    """
    if path.is_dir():
        reader = _Reader()
        for one in _inside(path):
            with one.open("rb") as file:
                reader.take(one.relative_to(path).as_posix(), file)
        return reader.files, reader.sounds
    if path.suffix == ".zip":
        return unpack(path.read_bytes())
    reader = _Reader()
    with path.open("rb") as file:
        reader.take(f"{path.name}" if path.suffix in YAML else f"{path.name}.yaml", file)
    return reader.files, reader.sounds


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def write_folder(folder: Path, files: dict[str, str], sounds: dict[str, Path]) -> None:
    """Writes the tree; files that an earlier export made for what is gone since are removed, others are kept."""
    for path in folder.rglob("*.yaml"):
        name = path.relative_to(folder).as_posix()
        if name not in files and path.read_text(errors="replace").startswith(HEAD):
            path.unlink()
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    if sounds:
        (folder / AUDIO).mkdir(parents=True, exist_ok=True)
    for sha256, path in sounds.items():
        (folder / AUDIO / f"{sha256}.wav").write_bytes(path.read_bytes())


class _Reader:
    """Takes files in up to the limits, whatever their names and sizes claim."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.sounds: dict[str, bytes] = {}
        self._left = {True: MAX_BYTES, False: MAX_SOUNDS}

    def take(self, name: str, file: IO[bytes]) -> None:
        """One file; what is neither YAML nor a sound is not looked at."""
        is_yaml = name.endswith(YAML)
        if not is_yaml and not name.endswith(".wav"):
            return
        if len(self.files) + len(self.sounds) >= MAX_FILES:
            raise refused(name, f"is one of more than {MAX_FILES} files")
        content = file.read(self._left[is_yaml] + 1)
        self._left[is_yaml] -= len(content)
        if self._left[is_yaml] < 0:
            limit = MAX_BYTES if is_yaml else MAX_SOUNDS
            raise refused(name, f"makes this more than {limit // 1_000_000} MB", "Import it in parts.")
        if is_yaml:
            self.files[name] = content
        else:
            self.sounds[hashlib.sha256(content).hexdigest()] = content


def refused(file: str, message: str, hint: str = "") -> ImportRefused:
    """A whole file that can't be taken in."""
    return ImportRefused([ImportProblem(file=file, line=1, object="", field="", message=message, hint=hint)])
