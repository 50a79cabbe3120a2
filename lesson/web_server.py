"""A lesson shown from this machine to this machine, by a web server that knows ranges: clips can be sought in.

The standard library's own file handler knows no ranges. Starlette's files do, but refuse ranges that are to be passed
over; who may ask, for what, and of which type it is would still be said here, and it brings five packages.
"""

from __future__ import annotations

import errno
import os
import re
import socketserver
import sys
import threading
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from edgeglow.film.paths import display_path
from edgeglow.model.errors import EdgeglowError

LOOPBACK = "127.0.0.1"
INDEX = "index.html"
CHUNK = 1 << 18  # bytes
IDLE_SECONDS = 60.0

# Not from the system's registry of types, which differs between machines and may lack WebVTT and WebP.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".srt": "application/x-subrip; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


def show_in_browser(folder: Path, *, port: int = 0, is_opened: bool = True) -> None:
    """Show a lesson in the browser until Ctrl-C. Raises EdgeglowError as ``serve_folder`` does."""
    with serve_folder(folder, port=port) as address:
        try:  # Ctrl-C ends it from this message on
            print(
                f"{display_path(folder)} is shown at {address}, to this machine alone; Ctrl-C ends it",
                file=sys.stderr,
            )
            if is_opened and _has_screen():
                webbrowser.open(address)
            while True:  # in steps: on Windows, one long wait could not be interrupted
                threading.Event().wait(1.0)
        except KeyboardInterrupt:
            print("\nno longer shown", file=sys.stderr)


@contextmanager
def serve_folder(folder: Path, *, port: int = 0) -> Iterator[str]:
    """Serve a folder inside the ``with`` block, and yield its address; port 0 chooses a free port.

    Raises EdgeglowError when the folder holds no page, or the port cannot be used.
    """
    if not (folder / INDEX).is_file():
        raise EdgeglowError(
            f"{display_path(folder)}: holds no {INDEX}, expected a lesson. Make one: render.py lesson"
        )
    server = _bound(port)
    server.folder = folder.resolve()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="serving", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def check_port(port: int) -> None:
    """Raise EdgeglowError if a port cannot be used; called before rendering, which may take hours."""
    _bound(port).server_close()


def _bound(port: int) -> _Server:
    try:
        return _Server((LOOPBACK, port), _Handler)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is in use by another program" if taken else f"cannot be had: {error.strerror or error}".lower()
        raise EdgeglowError(
            f"port {port} of {LOOPBACK} {reason}. Choose another with --port, or leave --port out"
        ) from error


def _has_screen() -> bool:
    """Return whether there is a graphical display.

    Without one, a text browser would take over the terminal, and Ctrl-C with it.
    """
    is_unix = os.name == "posix" and sys.platform != "darwin"
    return not is_unix or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Server(ThreadingHTTPServer):
    """Server that answers several requests at once, since browsers keep some open while they play."""

    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # Windows would share a port that is in use
    folder: Path

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's would ask the network for this machine's name
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # browsers close connections early
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Handler of one connection, which serves only visible files in the folder."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "edgeglow", ""
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        if not self._is_meant():
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = urlsplit(self.path).path
        file = self._file(path)
        if file is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        elif file.is_dir():
            self._refuse(HTTPStatus.MOVED_PERMANENTLY, {"Location": f"{path}/"})
        else:
            try:
                source = file.open("rb")
            except OSError:
                self._refuse(HTTPStatus.NOT_FOUND)
                return
            with source:
                self._give(source, TYPES.get(file.suffix.lower(), "application/octet-stream"))

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

    def _is_meant(self) -> bool:
        """Return whether the Host header names this machine.

        Otherwise another site could point its own name to this server and read from it (DNS rebinding).
        """
        hosts = self.headers.get_all("Host", [])
        port = self.server.server_port
        ends = (f":{port}", "") if port == 80 else (f":{port}",)
        return len(hosts) == 1 and hosts[0].lower() in {
            f"{name}{end}" for name in (LOOPBACK, "localhost") for end in ends
        }

    def _file(self, path: str) -> Path | None:
        """Return the file for an address, or the folder if only the final slash is missing; else None."""
        try:
            parts = unquote(path, errors="strict").removeprefix("/").split("/")
        except UnicodeDecodeError:
            return None
        if not parts[-1]:
            parts[-1] = INDEX
        if any(not part or part.startswith(".") or set(part) & set("\\:\0") for part in parts):
            return None
        with suppress(OSError, ValueError, RuntimeError):  # missing; too long; links in a circle
            file = self.server.folder.joinpath(*parts).resolve(strict=True)
            inside = file.relative_to(self.server.folder).parts  # raises ValueError for a link that leads out
            if not any(part.startswith(".") for part in inside):
                return file if file.is_file() or (file / INDEX).is_file() else None
        return None

    def _give(self, source: BinaryIO, kind: str) -> None:
        """Send a file, or the range of it that was asked for, or "not modified"."""
        status = os.fstat(source.fileno())
        size, tag = status.st_size, f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        changed = formatdate(status.st_mtime, usegmt=True)
        headers = {"ETag": tag, "Last-Modified": changed, "Accept-Ranges": "bytes"}
        headers["Cache-Control"] = "no-cache"  # a lesson that is made again has the same address
        if self._is_known(tag, changed):
            self._answer(HTTPStatus.NOT_MODIFIED, headers)
            return
        headers["Content-Type"] = kind
        span = None
        if self.command == "GET" and self.headers.get("If-Range", tag) in (tag, changed):
            span = byte_range(self.headers.get("Range", ""), size)
        if span is None:
            self._answer(HTTPStatus.OK, {**headers, "Content-Length": str(size)})
            self._send(source, range(size))
        elif not span:
            self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"})
        else:
            headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
            self._answer(HTTPStatus.PARTIAL_CONTENT, {**headers, "Content-Length": str(len(span))})
            self._send(source, span)

    def _is_known(self, tag: str, changed: str) -> bool:
        """Return whether the browser has the current version of the file."""
        if (tags := self.headers.get("If-None-Match")) is not None:
            return tags.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in tags.split(",")}
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
            return parsedate_to_datetime(changed) <= since
        except (TypeError, ValueError):  # no header, no date, or a date without a time zone
            return False

    def _send(self, source: BinaryIO, span: range) -> None:
        """Send the bytes ``span`` of a file, unless it is a HEAD request."""
        if self.command == "HEAD":
            return
        source.seek(span.start)
        left = len(span)
        while left:
            chunk = source.read(min(CHUNK, left))
            if not chunk:  # the file has become shorter than the Content-Length that was sent
                self.close_connection = True
                return
            self.wfile.write(chunk)
            left -= len(chunk)

    def _refuse(self, status: HTTPStatus, headers: Mapping[str, str] | None = None) -> None:
        body = f"{status.value} {status.phrase}\n".encode()
        length = {"Content-Type": TYPES[".txt"], "Content-Length": str(len(body))}
        self._answer(status, {**length, **(headers or {})})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _answer(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()


def byte_range(wanted: str, size: int) -> range | None:
    """Return the bytes of a file of ``size`` bytes that a Range header asks for.

    Knows bytes=0-99, bytes=100-, and bytes=-100 for the last hundred. Returns an empty range if there are no such
    bytes, and None for no range, several ranges, or another header.
    """
    match = _RANGE.fullmatch(wanted)
    first, last = match.groups() if match else ("", "")
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1 if last else size, size))
