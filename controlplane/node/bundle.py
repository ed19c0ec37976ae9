"""Fetches a release, proves it, and lays it out beside the others; nothing of it is in force yet."""

import asyncio
import base64
import binascii
import errno
import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidSignature
from pydantic import ValidationError

from controlplane.node.identity import Identity, write_private
from controlplane.node.layout import AsteriskLayout
from controlplane.node.link import Link, LinkRefused
from controlplane.protocol import PROTOCOL_VERSION
from controlplane.protocol.bundle import BundleFile, FileKind, Manifest, SignedManifest

log = structlog.get_logger(__name__)

_KEEP = 10
_SPARE_BYTES = 50 * 1024 * 1024  # Asterisk must be able to go on writing
_MANIFEST = "manifest.json"
_SYNC_ONE_BY_ONE = 100  # 1,700 files take 4 s so, and half a second together with all else that waits for the disk


class BundleRefused(Exception):
    """A release that can't be applied here; the text is a sentence for the person who applied it."""


class Releases:
    """The releases on this node's disk.

    ``releases/<digest>/`` holds one release; its files are hard links into ``releases/.blobs/``, where each content
    lies once. Prompts lie in ``prompts/``, named by content and shared by all releases. ``current`` points to the
    release in force.
    """

    def __init__(self, layout: AsteriskLayout, source: str = "releases") -> None:
        self._layout = layout
        self._source = source  # where the control plane hands them out
        self._blobs = layout.releases / ".blobs"
        self._incoming = layout.releases / ".incoming"
        self._known: dict[str, Manifest] = {}  # the newest two: what is live and what comes
        self._spare: Manifest | None = None  # what lies in the folder below, made by this process
        self._spare_folder = layout.releases / ".spare"

    @property
    def voicemail(self) -> Path:
        """Where the messages lie, and PINs that were changed by phone."""
        return self._layout.spool / "voicemail"

    async def fetch(self, link: Link, digest: str) -> Manifest:
        """Brings a release onto the disk, with only those files fetched that are not there yet.

        Raises:
            BundleRefused: forged, broken, for another node, or too big for the disk.
            LinkDown: the control plane went away meanwhile; what came is kept for the next try.
        """
        if (self._layout.releases / digest / _MANIFEST).exists():
            return self.manifest(digest)
        try:
            signed = SignedManifest.model_validate_json(await link.get(f"{self._source}/{digest}"))
            manifest = _proven(signed, digest, link.identity)
            self._blobs.mkdir(parents=True, exist_ok=True)
            present = set(os.listdir(self._blobs))  # noqa: PTH208 - thousands of names
            missing = {file.sha256: file.size for file in manifest.files if file.sha256 not in present}
            await self._fetch_blobs(link, missing)
            await asyncio.to_thread(self._lay_out, manifest, signed.manifest, digest)
        except LinkRefused as err:
            raise BundleRefused(f"The control plane does not hand out this release: {err}") from err
        except ValidationError as err:
            raise BundleRefused(
                f"The control plane sent something that is no release: {err.errors()[0]['msg']}"
            ) from err
        except OSError as err:
            if err.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise BundleRefused(f"The disk of {self._layout.releases} is full.") from err
            raise BundleRefused(f"The release can't be written to {self._layout.releases}: {err.strerror}.") from err
        return self._remember(digest, manifest)

    def manifest(self, digest: str) -> Manifest:
        """What a release on the disk holds."""
        if digest in self._known:
            return self._known[digest]
        text = (self._layout.releases / digest / _MANIFEST).read_bytes()
        return self._remember(digest, Manifest.model_validate_json(text))

    def _remember(self, digest: str, manifest: Manifest) -> Manifest:
        """Reading a manifest of 1,000 files takes 12 ms."""
        self._known = dict([*self._known.items(), (digest, manifest)][-2:])
        return manifest

    def live_digest(self) -> str | None:
        """The release in force; None before the first."""
        return self._layout.current.readlink().name if self._layout.current.is_symlink() else None

    def live_manifest(self) -> Manifest | None:
        """What the release in force holds; None before the first."""
        digest = self.live_digest()
        return self.manifest(digest) if digest else None

    def read(self, digest: str, path: str) -> str:
        """The text of one file of a release."""
        return (self._layout.releases / digest / path).read_text()

    def switch(self, digest: str | None) -> None:
        """Points ``current`` to a release in one step, on the disk; Asterisk sees it at its next reload."""
        current = self._layout.current
        if digest is None:
            current.unlink(missing_ok=True)
        else:
            partial = current.with_name("current.part")
            partial.unlink(missing_ok=True)
            partial.symlink_to(self._layout.releases / digest)
            partial.replace(current)
        _sync(current.parent)

    def damaged(self, digest: str) -> list[Path]:
        """Files of a release that are not as they came: changed, gone, or added; 24 MB are looked through in 50 ms."""
        folder = self._layout.releases / digest
        wanted = self._places(digest)
        found = [path for path, file in wanted.items() if _sha256(path) != file.sha256]
        known = wanted.keys() | {folder / _MANIFEST}
        return found + [path for path in folder.rglob("*") if path.is_file() and path not in known]

    def _places(self, digest: str) -> dict[Path, BundleFile]:
        """Where each file of a release lies; a prompt lies at two places."""
        files = self.manifest(digest).files
        places = {self._layout.releases / digest / file.path: file for file in files}
        prompts = (file for file in files if file.kind == FileKind.PROMPT)
        return places | {self._layout.prompts / Path(file.path).name: file for file in prompts}

    async def repair(self, link: Link, digest: str) -> None:
        """Brings a release's files back to what they were, fetched anew where they were changed in place.

        Raises:
            BundleRefused, LinkDown: see :meth:`fetch`.
        """
        self._spare = None  # what was changed in place is changed in it, too
        files = self._places(digest)
        damaged = await asyncio.to_thread(self.damaged, digest)
        lost = [files[path] for path in damaged if path in files]
        for file in lost:
            if _sha256(self._blobs / file.sha256) != file.sha256:
                (self._blobs / file.sha256).unlink(missing_ok=True)
        missing = {file.sha256: file.size for file in lost if not (self._blobs / file.sha256).exists()}
        await self._fetch_blobs(link, missing)
        for path in damaged:
            if path in files:
                self._put_back(files[path], path)
            else:
                path.unlink()
        _sync(self._layout.releases / digest)

    def _put_back(self, file: BundleFile, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        partial = path.with_name(path.name + ".part")
        partial.unlink(missing_ok=True)
        partial.hardlink_to(self._blobs / file.sha256)
        partial.replace(path)  # whoever has the old content open keeps it

    def tidy(self) -> None:
        """Keeps the newest releases and the files they need; for after an apply."""
        live = self.live_digest()
        folders = [path for path in self._layout.releases.iterdir() if path.is_dir() and not path.name.startswith(".")]
        folders.sort(key=lambda path: (path.name == live, path.stat().st_mtime), reverse=True)
        for folder in folders[_KEEP:]:
            shutil.rmtree(folder, ignore_errors=True)
        # A content is linked from .blobs, from each release that holds it, and a prompt from prompts/ as well.
        _unlink_unless_linked(self._layout.prompts, more_than=2)
        _unlink_unless_linked(self._blobs, more_than=1)

    async def _fetch_blobs(self, link: Link, missing: dict[str, int]) -> None:
        if not missing:
            return
        total = sum(missing.values())
        free = shutil.disk_usage(self._blobs).free
        if total + _SPARE_BYTES > free:
            raise BundleRefused(
                f"The release needs {_megabytes(total)} MB, but the disk has only {_megabytes(free)} MB left."
            )
        most = total + (len(missing) + 20) * 2 * tarfile.BLOCKSIZE
        body = ('{"sha256":["' + '","'.join(sorted(missing)) + '"]}').encode()
        try:
            with self._incoming.open("wb") as file:
                async with link.stream("blobs", body) as pieces:
                    async for piece in pieces:
                        file.write(piece)
                        if file.tell() > most:
                            raise BundleRefused("The control plane sent more than the release holds.")
            await asyncio.to_thread(self._unpack, missing)
        finally:
            self._incoming.unlink(missing_ok=True)

    def _unpack(self, missing: dict[str, int]) -> None:
        left = dict(missing)
        written: list[Path] = []
        try:
            with tarfile.open(self._incoming, "r:") as archive:
                for entry in archive:
                    size = left.pop(entry.name, None)
                    content = archive.extractfile(entry) if entry.isreg() else None
                    if size is None or content is None:
                        raise BundleRefused(
                            f"The control plane sent a file that the release does not hold: {entry.name!r}."
                        )
                    data = content.read()
                    if len(data) != size or hashlib.sha256(data).hexdigest() != entry.name:
                        raise BundleRefused(f"The file {entry.name[:12]} was damaged on its way.")
                    partial = self._blobs / f"{entry.name}.part"
                    partial.touch(mode=0o600)
                    partial.write_bytes(data)
                    written.append(partial)
        except tarfile.TarError as err:
            raise BundleRefused(f"The files of the release came damaged: {err}.") from err
        if len(written) > _SYNC_ONE_BY_ONE:
            os.sync()
        for partial in written:  # all are written first: the disk then takes them in few strokes
            if len(written) <= _SYNC_ONE_BY_ONE:
                _sync(partial)
            partial.replace(partial.with_suffix(""))
        if left:
            raise BundleRefused(f"The control plane has lost {len(left)} files of this release; apply it anew.")

    def _lay_out(self, manifest: Manifest, text: str, digest: str) -> None:
        folder = self._layout.releases / f".{digest}.part"
        shutil.rmtree(folder, ignore_errors=True)
        folders = _folders(folder, manifest)
        self._layout.prompts.mkdir(exist_ok=True)
        self._fill(folder, folders, manifest)
        for file in of_kind(manifest.files, FileKind.PROMPT):
            self._place_prompt(file)
        write_private(folder / _MANIFEST, text.encode())
        for changed in {*folders, folder, self._layout.prompts}:
            _sync(changed)
        folder.rename(self._layout.releases / digest)
        _sync(self._layout.releases)

    def lay_spare(self) -> None:
        """Links the release in force once more, for the next to begin with: all but a few files will be the same."""
        self._spare = None
        try:
            shutil.rmtree(self._spare_folder, ignore_errors=True)
            if manifest := self.live_manifest():
                self._fill(self._spare_folder, _folders(self._spare_folder, manifest), manifest)
                self._spare = manifest
        except OSError as err:  # the next one is then laid out without it
            log.warning("bundle.no_spare", reason=str(err))

    def _take_spare(self, folder: Path) -> dict[str, str]:
        """Makes the spare one a release's folder; gives its files by path, none if there is no spare."""
        spare, self._spare = self._spare, None
        if spare is None or not self._spare_folder.is_dir():
            return {}
        self._spare_folder.rename(folder)
        return {file.path: file.sha256 for file in spare.files}

    def _fill(self, folder: Path, folders: Iterable[Path], manifest: Manifest) -> None:
        """Links a release's files into a folder, where the spare one does not hold them already."""
        there = self._take_spare(folder)
        for needed in sorted([folder, *folders]):
            needed.mkdir(exist_ok=True, parents=True, mode=0o750)
        new = [file for file in manifest.files if there.get(file.path) != file.sha256]
        gone = there.keys() - {file.path for file in manifest.files}
        for path in gone.union(file.path for file in new if file.path in there):
            os.unlink(f"{folder}/{path}")  # noqa: PTH108 - thousands: texts take a third of the time of paths
        for file in new:
            os.link(f"{self._blobs}/{file.sha256}", f"{folder}/{file.path}")

    def _place_prompt(self, file: BundleFile) -> None:
        blob = self._blobs / file.sha256
        prompt = self._layout.prompts / Path(file.path).name
        if not (prompt.exists() and prompt.samefile(blob)):
            self._put_back(file, prompt)


def _proven(signed: SignedManifest, digest: str, identity: Identity) -> Manifest:
    text = signed.manifest.encode()
    try:
        identity.bundle_key.verify(base64.b64decode(signed.signature, validate=True), text)
    except (InvalidSignature, binascii.Error):
        raise BundleRefused("The release is not signed by this node's control plane; nothing was changed.") from None
    if hashlib.sha256(text).hexdigest() != digest:
        raise BundleRefused("The control plane sent another release than the one asked for; nothing was changed.")
    manifest = Manifest.model_validate_json(text)
    if manifest.node != identity.name:
        raise BundleRefused(f"The release is for node {manifest.node}, this is {identity.name}.")
    if manifest.protocol > PROTOCOL_VERSION:
        raise BundleRefused("The release is for a newer noded; update this node first.")
    return manifest


def _folders(folder: Path, manifest: Manifest) -> set[Path]:
    return {folder / parent for parent in {file.path.rpartition("/")[0] for file in manifest.files}}


def changed_files(old: Manifest | None, new: Manifest) -> list[BundleFile]:
    """Files of ``new`` that are not the same in ``old``, and those of ``old`` that ``new`` has no more."""
    before = {file.path: file for file in old.files} if old else {}
    after = {file.path: file for file in new.files}
    return [
        *(file for path, file in after.items() if path not in before or before[path].sha256 != file.sha256),
        *(file for path, file in before.items() if path not in after),
    ]


def of_kind(files: Iterable[BundleFile], kind: FileKind) -> list[BundleFile]:
    """Those of one kind, by path."""
    return sorted((file for file in files if file.kind == kind), key=lambda file: file.path)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _unlink_unless_linked(folder: Path, *, more_than: int) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.stat(follow_symlinks=False).st_nlink <= more_than:
                Path(entry.path).unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _megabytes(size: int) -> int:
    return -(-size // (1024 * 1024))
