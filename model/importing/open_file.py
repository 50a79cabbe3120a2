"""Open files that may be anything: a folder, a device, a zip bomb, an incomplete download."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.npz_file import DAMAGE
from edgeglow.model.text.printable import one_line

MOST_BYTES = 2**30  # a checkpoint holds an optimiser's state beside the weights
MOST_DIRECTORY = 2**22  # bytes of a zip's list of contents: about 40,000 files
LISTED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile decompresses other methods without a limit


@contextmanager
def damage_as_error() -> Iterator[None]:
    """Turn the exceptions that readers raise for damaged input into EdgeglowError with one line."""
    try:
        yield
    except OSError as error:
        raise EdgeglowError(f"it cannot be read: {one_line(error.strerror or error)}") from error
    except DAMAGE as error:
        raise EdgeglowError(f"it is damaged ({one_line(error) or type(error).__name__})") from error


def check_network_file(path: Path) -> int:
    """Return the size of a regular file in bytes.

    Raises EdgeglowError, without the file's name, for anything else.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise EdgeglowError(f"it cannot be read: {reason}") from error
    if stat.S_ISDIR(found.st_mode):
        raise EdgeglowError("it is a folder, expected a network's file")
    if not stat.S_ISREG(found.st_mode):
        raise EdgeglowError("it is a device or a pipe, expected a network's file")
    if found.st_size == 0:
        raise EdgeglowError("the file is empty, expected a network")
    if found.st_size > MOST_BYTES:
        raise EdgeglowError(f"the file has {found.st_size:,} bytes, expected at most {MOST_BYTES:,}")
    return found.st_size


class _LimitedReader(io.BufferedReader):
    """A file that refuses reads above ``most`` bytes while it is set: a zip's list of contents is one read."""

    most: int | None = MOST_DIRECTORY

    def read(self, size: int | None = -1, /) -> bytes:
        if self.most is not None and size is not None and size > self.most:
            raise EdgeglowError(f"its list of contents claims {size:,} bytes, expected at most {self.most:,}")
        return super().read(size)


class LimitedZip:
    """A zip file whose members are read within limits."""

    def __init__(self, path: Path) -> None:
        file = _LimitedReader(io.FileIO(path))
        try:
            self.size = os.fstat(file.fileno()).st_size
            self.archive = zipfile.ZipFile(file)
        except BaseException:
            file.close()
            raise
        file.most = None
        self.file = file
        # Windows' own tools write names with backslashes
        self.members = {member.filename.replace("\\", "/"): member for member in self.archive.infolist()}

    def __enter__(self) -> LimitedZip:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()
        self.file.close()

    def length(self, name: str) -> int:
        """Return the number of bytes that a member claims to hold. Raises EdgeglowError when it is missing."""
        if name not in self.members:
            raise EdgeglowError(f"it holds no {name}, expected one")
        return self.members[name].file_size

    def beginning(self, name: str, count: int) -> bytes:
        """Return the first bytes of a member, ``count`` at most. Raises EdgeglowError when it is missing."""
        self.length(name)
        if self.members[name].compress_type not in LISTED:
            raise EdgeglowError(f"{name} is compressed in an uncommon way, expected a plain zip file")
        with self.archive.open(self.members[name]) as stream:
            return stream.read(count)

    def read(self, name: str, most: int) -> bytes:
        """Return a member's content.

        Raises EdgeglowError when it is missing, or has or claims more than ``most`` bytes.
        """
        claimed = self.length(name)
        member = self.members[name]
        if claimed > most:
            raise EdgeglowError(f"{name} claims {claimed:,} bytes, expected at most {most:,}")
        if member.compress_type not in LISTED:
            raise EdgeglowError(f"{name} is compressed in an uncommon way, expected a plain zip file")
        if member.compress_type == zipfile.ZIP_STORED and claimed > self.size:
            raise EdgeglowError(f"{name} claims {claimed:,} bytes, but the file has {self.size:,}")
        with self.archive.open(member) as stream:
            content = stream.read(claimed)
        if len(content) != claimed:
            raise EdgeglowError(f"{name} claims {claimed:,} bytes, but has {len(content):,}")
        return content
