"""The lesson's server: gives what is in the folder, in parts, to this machine, and nothing else to anybody."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import launched
from interrupts import PATIENCE, interrupts_delivered
from playwright.sync_api import sync_playwright
from small_lesson import FPS, FRAMES, film

from edgeglow.lesson.web_server import byte_range, serve_folder
from edgeglow.model.errors import EdgeglowError

ROOT = Path(__file__).resolve().parent.parent
CLIP = bytes(range(256)) * 4096  # 1 MB, of which each byte tells its place
FILES = {
    "index.html": b"<!doctype html><title>lesson</title>",
    "clips/en/bias.mp4": CLIP,
    "clips/en/bias.webm": b"webm",
    "clips/en/bias.en.vtt": b"WEBVTT\n",
    "clips/en/bias/01-shift.webp": b"webp",
    "clips/en/empty.txt": b"",
    "embed/index.html": b"embed",
    ".secret": b"hidden",
    ".git/config": b"hidden",
    "assets/가중치 100%.css": b"css",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("served")
    for name, content in FILES.items():
        path = base / "lesson" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (base / "outside.txt").write_text("outside")
    (base / "lesson" / "leak.txt").symlink_to(base / "outside.txt")
    (base / "lesson" / "up").symlink_to(base)
    (base / "lesson" / "seen.txt").symlink_to(base / "lesson" / ".secret")
    (base / "lesson" / "round").symlink_to(base / "lesson" / "round")
    (base / "lesson" / "inside.mp4").symlink_to(base / "lesson" / "clips" / "en" / "bias.mp4")
    os.mkfifo(base / "lesson" / "pipe")
    return base / "lesson"


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serve_folder(folder) as address:
        yield address


class Answer:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()


def ask(address: str, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
    """What the server says to a request for this very path, which no client has tidied."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_host="Host" in (headers or {}), skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        return Answer(connection.getresponse())
    finally:
        connection.close()


# -- files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html?lang=ko", "index.html", "text/html; charset=utf-8"),
        ("/clips/en/bias.mp4", "clips/en/bias.mp4", "video/mp4"),
        ("/inside.mp4", "clips/en/bias.mp4", "video/mp4"),
        ("/clips/en/bias.webm", "clips/en/bias.webm", "video/webm"),
        ("/clips/en/bias.en.vtt", "clips/en/bias.en.vtt", "text/vtt; charset=utf-8"),
        ("/clips/en/bias/01-shift.webp", "clips/en/bias/01-shift.webp", "image/webp"),
        ("/clips/en/empty.txt", "clips/en/empty.txt", "text/plain; charset=utf-8"),
        ("/embed/", "embed/index.html", "text/html; charset=utf-8"),
        ("/assets/%EA%B0%80%EC%A4%91%EC%B9%98%20100%25.css", "assets/가중치 100%.css", "text/css; charset=utf-8"),
    ],
)
def test_a_file_is_given_as_what_it_is(address: str, path: str, name: str, kind: str) -> None:
    answer = ask(address, path)
    assert (answer.status, answer.body) == (200, FILES[name])
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"
    head = ask(address, path, method="HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(FILES[name])))


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/clips/%2e%2e/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/%2e%2e%2foutside.txt",
        "/%252e%252e/outside.txt",
        "/clips/../index.html",
        "/..%5coutside.txt",
        "/clips//en/bias.mp4",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/./index.html",
        "/leak.txt",
        "/up/outside.txt",
        "/seen.txt",
        "/round",
        "/.secret",
        "/.git/config",
        "/%2egit/config",
        "/clips/",
        "/clips",
        "/clips/en",
        "/pipe",
        "/index.html/",
        "/index.html%00.css",
        "/%ff",
        "/missing.html",
        "/" + "a" * 5000,
    ],
)
def test_nothing_else_is_given(address: str, path: str) -> None:
    answer = ask(address, path)
    assert (answer.status, answer.body) == (404, b"404 Not Found\n")


def test_a_folder_with_a_page_is_found_without_its_slash(address: str) -> None:
    for path in ("/embed", "//embed", "http://elsewhere.example/embed"):
        answer = ask(address, path)
        assert answer.status != 301 or answer.headers["Location"] == "/embed/"  # and never to another machine
    assert ask(address, "/embed").status == 301


def test_nothing_can_be_sent(address: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert ask(address, "/index.html", method=method).status == 501


# -- who asks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "", "127.0.0.1:{port}.evil"])
def test_a_name_from_elsewhere_that_points_here_reads_nothing(address: str, host: str) -> None:
    port = str(urlsplit(address).port)
    answer = ask(address, "/", {"Host": host.replace("{port}", port)})
    assert answer.status == 421
    assert b"lesson" not in answer.body


def test_this_machine_may_call_itself_localhost(address: str) -> None:
    port = urlsplit(address).port
    assert ask(address, "/", {"Host": f"LocalHost:{port}"}).status == 200


def test_it_listens_to_this_machine_alone(address: str) -> None:
    """Another of the machine's own addresses, as a neighbour in the network would use it, finds nobody."""
    with socket.socket() as probe, pytest.raises(OSError):
        probe.settimeout(2)
        probe.connect(("127.0.0.2", urlsplit(address).port))


# -- parts ----------------------------------------------------------------------------------------------------

SIZE = len(CLIP)


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=300001-", 300001, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-{SIZE * 9}", SIZE - 1, SIZE - 1),
    ],
)
def test_a_part_is_given(address: str, wanted: str, first: int, last: int) -> None:
    answer = ask(address, "/clips/en/bias.mp4", {"Range": wanted})
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.body == CLIP[first : last + 1]


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(address: str, wanted: str) -> None:
    answer = ask(address, "/clips/en/bias.mp4", {"Range": wanted})
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{SIZE}")
    assert len(answer.body) < 100


@pytest.mark.parametrize(
    "wanted", ["bytes=9-3", "bytes=-", "bytes=a-b", "lines=0-3", "bytes=0-1,5-6", "bytes=" + "9" * 5000 + "-"]
)
def test_what_is_no_single_range_gives_all(address: str, wanted: str) -> None:
    answer = ask(address, "/clips/en/bias.mp4", {"Range": wanted})
    assert (answer.status, answer.body) == (200, CLIP)


def test_no_byte_of_an_empty_file_can_be_had() -> None:
    assert byte_range("bytes=0-", 0) == range(0, 0)
    assert not byte_range("bytes=-5", 0)


def test_the_head_of_a_part_is_the_head_of_all(address: str) -> None:
    answer = ask(address, "/clips/en/bias.mp4", {"Range": "bytes=0-1"}, method="HEAD")
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, str(SIZE), b"")


def test_a_part_of_a_file_that_changed_is_not_mixed_with_it(folder: Path) -> None:
    with serve_folder(folder) as address:
        path = "/clips/en/bias.webm"
        before = ask(address, path)
        for sign in (before.headers["ETag"], before.headers["Last-Modified"]):
            assert ask(address, path, {"Range": "bytes=1-2", "If-Range": sign}).status == 206
        for sign in ('"other"', f"W/{before.headers['ETag']}", "Wed, 21 Oct 2015 07:28:00 GMT"):
            answer = ask(address, path, {"Range": "bytes=1-2", "If-Range": sign})
            assert (answer.status, answer.body) == (200, FILES["clips/en/bias.webm"])


def test_what_the_browser_has_is_not_sent_again(folder: Path) -> None:
    path = folder / "clips/en/again.txt"
    path.write_bytes(b"first")
    with serve_folder(folder) as address:
        first = ask(address, "/clips/en/again.txt")
        tag, date = first.headers["ETag"], first.headers["Last-Modified"]
        for sign in ({"If-None-Match": f'"x", W/{tag}'}, {"If-None-Match": "*"}, {"If-Modified-Since": date}):
            again = ask(address, "/clips/en/again.txt", sign)
            assert (again.status, again.body) == (304, b"")
        path.write_bytes(b"second")
        changed = ask(address, "/clips/en/again.txt", {"If-None-Match": tag, "If-Modified-Since": date})
        assert (changed.status, changed.body) == (200, b"second")
        assert ask(address, "/clips/en/again.txt", {"If-Modified-Since": "yesterday"}).status == 200


def test_one_connection_carries_many_requests(address: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    wanted = [("/", 200), ("/nothing", 404), ("/embed", 301), ("/clips/en/bias.mp4", 206), ("/", 200)]
    found = []
    for path, _ in wanted:
        connection.request("GET", path, headers={"Range": "bytes=5-9"} if path.endswith("mp4") else {})
        answer = connection.getresponse()
        found.append((path, answer.status))
        assert answer.read()
    connection.close()
    assert found == wanted


def test_several_are_answered_at_once(address: str) -> None:
    """Whoever asks and does not read keeps nobody waiting."""
    idle = [socket.create_connection(("127.0.0.1", urlsplit(address).port or 0)) for _ in range(8)]
    try:
        for one in idle:
            one.sendall(f"GET /clips/en/bias.mp4 HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\n\r\n".encode())
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            assert answer.read() == FILES["index.html"]
    finally:
        for one in idle:
            one.close()


def test_chromium_seeks_in_a_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clip whose contents stand behind 32 MB of nothing: whoever seeks need not load that."""
    film(tmp_path / "short.mp4")
    content, size = (tmp_path / "short.mp4").read_bytes(), 32 << 20
    place = content.index(b"mdat") - 4
    empty = (size + 8).to_bytes(4, "big") + b"free" + bytes(size)
    offsets = content.index(b"stco") + 12
    count = int.from_bytes(content[offsets - 4 : offsets], "big")
    moved = b"".join(
        (int.from_bytes(content[at : at + 4], "big") + len(empty)).to_bytes(4, "big")
        for at in range(offsets, offsets + 4 * count, 4)
    )
    head = content[:offsets] + moved + content[offsets + 4 * count : place]
    (tmp_path / "clip.mp4").write_bytes(head + empty + content[place:])
    (tmp_path / "index.html").write_text("<!doctype html><link rel=icon href='data:,'><video src='clip.mp4'></video>")
    asked: list[range] = []

    def spied(wanted: str, size: int) -> range | None:
        span = byte_range(wanted, size)
        if span:
            asked.append(span)
        return span

    monkeypatch.setattr("edgeglow.lesson.web_server.byte_range", spied)
    with serve_folder(tmp_path) as address, sync_playwright() as playwright:
        page = launched(playwright).new_page()
        page.goto(address)
        page.wait_for_function("document.querySelector('video').readyState >= 2")
        found = page.evaluate(
            "new Promise((done) => { const video = document.querySelector('video');"
            " video.onseeked = () => done([video.seekable.end(0), video.currentTime]); video.currentTime = 2.5; })"
        )
    assert found == [FRAMES / FPS, 2.5]
    assert asked[0].start == 0
    assert max(span.start for span in asked) >= size


# -- beginning and end ----------------------------------------------------------------------------------------


def test_a_port_in_use_is_one_line(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(EdgeglowError) as caught, serve_folder(folder, port=port):
            pass
    assert str(caught.value) == (
        f"port {port} of 127.0.0.1 is in use by another program. Choose another with --port, or leave --port out"
    )


def test_a_folder_without_a_page_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match=r"holds no index\.html, expected a lesson"), serve_folder(tmp_path):
        pass


def test_the_port_is_free_again_afterwards(folder: Path) -> None:
    with serve_folder(folder) as address:
        port = urlsplit(address).port or 0
        assert ask(address, "/").status == 200
    with serve_folder(folder, port=port) as again:
        assert again == address
        assert ask(again, "/").status == 200


def test_ctrl_c_ends_it_quietly(folder: Path) -> None:
    program = "from pathlib import Path; from edgeglow.lesson.web_server import show_in_browser;"
    program += f" show_in_browser(Path({str(folder)!r}))"
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    with (
        interrupts_delivered(),
        subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stderr is not None
        said = process.stderr.readline()
        address = said.split(" is shown at ")[1].split(",")[0]
        assert ask(address, "/").status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 0
        assert process.stderr.read() == "\nno longer shown\n"
