"""A folder as a zip: the same files make the same bytes, whenever and wherever."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from film.places import drafted

# What is compressed already only costs time, and cannot be played out of the archive then.
STORED = frozenset(
    {".gif", ".jpg", ".jpeg", ".mp4", ".png", ".pptx", ".webm", ".webp", ".woff", ".woff2", ".zip"}
)
WHEN = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can hold
READABLE = 0o100644 << 16  # a file, for its owner to write and for everybody to read
UNIX = 3


def zipped(source: Path | Mapping[str, Path | bytes], target: Path) -> Path:
    """Write the files of a folder, or those given by their paths in it, as a zip: all of it, or nothing.

    Raises EdgeglowError when it cannot be.
    """
    files = files_in(source) if isinstance(source, Path) else source
    with drafted(target) as draft, zipfile.ZipFile(draft, "w") as archive:
        for name in sorted(files):
            _add(archive, name, files[name])
    return target


def files_in(folder: Path) -> dict[str, Path]:
    """The files of a folder by their paths from it, with slashes, sorted."""
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
    entry.file_size = content.stat().st_size  # so that it is known before whether it needs the long form
    with content.open("rb") as source, archive.open(entry, "w") as place:
        shutil.copyfileobj(source, place, 1 << 20)
