"""Zip files of folders; the same files always give the same bytes."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from edgeglow.film.paths import atomic_file

# Compressing these again would only take time, and videos could not be played from inside the archive.
STORED = frozenset({".gif", ".jpg", ".jpeg", ".mp4", ".png", ".pptx", ".webm", ".webp", ".woff", ".woff2", ".zip"})
WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
READABLE = 0o100644 << 16  # a regular file, writable by its owner, readable by everybody
UNIX = 3


def write_zip(source: Path | Mapping[str, Path | bytes], target: Path) -> Path:
    """Write a zip, atomically, of a folder's files, or of files given by their paths in the zip.

    Raises EdgeglowError when it cannot be written.
    """
    files = relative_files(source) if isinstance(source, Path) else source
    with atomic_file(target) as draft, zipfile.ZipFile(draft, "w") as archive:
        for name in sorted(files):
            _add(archive, name, files[name])
    return target


def relative_files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their relative paths, with slashes, sorted."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return dict(sorted(found.items()))


def _add(archive: zipfile.ZipFile, name: str, content: Path | bytes) -> None:
    entry = zipfile.ZipInfo(name, WHEN)
    is_stored = Path(name).suffix.lower() in STORED
    entry.compress_type = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = UNIX, READABLE
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size  # known in advance, so that ZIP64 is used only if needed
    with content.open("rb") as source, archive.open(entry, "w") as place:
        shutil.copyfileobj(source, place, 1 << 20)
