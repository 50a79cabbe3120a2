"""Fetching a file from the first mirror that gives it whole.

pooch knows neither several mirrors nor how to go on with a file of which a part is there, and brings six packages.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from edgeglow.model.errors import EdgeglowError

DownloadReport = Callable[[str, int, int], None]  # file name, bytes done, bytes in all (0 if the mirror does not say)

CHUNK = 1 << 16  # bytes
TIMEOUT_SECONDS = 20.0  # seconds without a byte
TRIES = 3  # requests to a mirror that breaks off; each asks for the rest


class _MirrorError(Exception):
    """The reason why a mirror did not give the file."""


def download(name: str, folder: Path, mirrors: Sequence[str], checksum: str, report: DownloadReport | None) -> Path:
    """Download ``name`` into ``folder``; ``checksum`` is the sha256 of its decompressed bytes.

    Received bytes are kept in ``folder`` as a .part file, so that a broken download is resumed. The file gets its own
    name only once it is complete and verified. Raises EdgeglowError when all mirrors fail.
    """
    reasons = []
    for mirror in mirrors:
        host = urllib.parse.urlsplit(mirror).netloc
        # one file for each mirror: they may compress the same data differently
        part = folder / f"{name}.{host.replace(':', '-')}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _fetch_or_start_anew(mirror + name, name, part, checksum, report)
            os.replace(part, folder / name)
            return folder / name
        except _MirrorError as reason:
            reasons.append(f"{host}: {reason}")
        except OSError as error:
            raise EdgeglowError(
                f"{folder}: cannot keep {name} there ({error.strerror or error}); make it writable, or put"
                " MNIST's four files into a folder and set MNIST_DIR to it"
            ) from error
    raise EdgeglowError(
        f"MNIST: {name} could not be downloaded ({'; '.join(reasons)}); put the four files into a folder and"
        " set MNIST_DIR to it, or train on the strokes that need no network: --data strokes"
    )


def _fetch_or_start_anew(url: str, name: str, part: Path, checksum: str, report: DownloadReport | None) -> None:
    resumed = part.exists()
    try:
        _fetch_verified(url, name, part, checksum, report)
    except _MirrorError:
        if not resumed or part.exists():
            raise
        _fetch_verified(url, name, part, checksum, report)  # the bytes from before were wrong


def _fetch_verified(url: str, name: str, part: Path, checksum: str, report: DownloadReport | None) -> None:
    for tries_left in reversed(range(TRIES)):
        before = part.stat().st_size if part.exists() else 0
        try:
            _fetch(url, name, part, report)
            break
        except _MirrorError:
            arrived = part.exists() and part.stat().st_size > before
            if not arrived or not tries_left:  # try again only if this try brought new bytes
                raise
    try:
        found = hashlib.sha256(gzip.decompress(part.read_bytes())).hexdigest()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        part.unlink()
        raise _MirrorError(f"sent broken gzip data ({error})") from error
    if found != checksum:
        part.unlink()
        raise _MirrorError(f"sent another file (sha256 {found[:12]}..., expected {checksum[:12]}...)")


def _fetch(url: str, name: str, part: Path, report: DownloadReport | None) -> None:
    """Append the missing bytes of ``url`` to ``part``."""
    have = part.stat().st_size if part.exists() else 0
    answer = _ask(url, have)
    if answer is None:
        return
    with answer:
        if have and not (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-"):
            have = 0  # the mirror sends the whole file again
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else 0
        with part.open("ab" if have else "wb") as file:
            done = have
            while chunk := _read(answer):
                file.write(chunk)
                done += len(chunk)
                if report:
                    report(name, done, total)
    if done < total:
        raise _MirrorError(f"broke off after {done:,} of {total:,} bytes")


def _ask(url: str, have: int) -> http.client.HTTPResponse | None:
    """Request the bytes after the first ``have``; return the mirror's response, or None if there are no more."""
    headers = {"User-Agent": "edgeglow"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=TIMEOUT_SECONDS
        )
        return answer
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416 and have:  # complete; the checksum verifies it later
                return None
            raise _MirrorError(f"answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise _MirrorError(f"{error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _MirrorError(f"{error or type(error).__name__}") from error


def _read(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise _MirrorError(f"broke off ({error or type(error).__name__})") from error
