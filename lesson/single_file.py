"""A lesson as one HTML file: for a USB stick, a mail, or a platform that accepts only single files.

Every file is stored once, as base64, in a block that is not run as a script. The page converts a block to a file in
the browser when it is needed, so nothing is decoded too early, and videos can be seeked.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from edgeglow.film.paths import atomic_file
from edgeglow.lesson.lesson_data import Lesson, LessonClip, LessonFile
from edgeglow.lesson.web_page import PLAYER, START, STYLES, page_of

if TYPE_CHECKING:
    from markupsafe import Markup

PLACE = "<!-- files -->"
CHUNK = 3 << 18  # bytes; a multiple of three, so that base64 needs no padding between chunks
OWN = (*PLAYER, "onefile.js", "keys.js", "table.js", "page.js")


def write_single_file(lesson: Lesson, folder: Path, target: Path) -> Path:
    """Write a lesson whose clips lie in ``folder`` as one HTML file, atomically.

    It contains the MP4 of every clip, which all browsers play, its pictures and its captions. Raises EdgeglowError
    when it cannot be written.
    """
    held = {file.path: file for edition in lesson.editions for clip in edition.clips for file in _held(clip)}
    before, after = _page(lesson, folder, frozenset(held)).split(PLACE)
    with atomic_file(target) as draft, draft.open("wb") as page:
        page.write(before.encode())
        for file in held.values():
            _write_block(page, file, folder)
        page.write(after.encode())
    return target


def _held(clip: LessonClip) -> Iterator[LessonFile]:
    media = clip.media
    yield from (media.mp4, media.poster, media.loop, *media.stills)
    for captions in media.captions:
        yield from (captions.vtt, captions.srt)


def _page(lesson: Lesson, folder: Path, held: frozenset[PurePosixPath]) -> str:
    from markupsafe import Markup

    styles = [_asset(name) for name in STYLES]
    start, scripts = _asset(START), [_asset(name) for name in OWN]
    return page_of(
        lesson,
        folder,
        template="onefile.html",
        policy=(
            f"default-src 'none'; script-src {_hashes([start, *scripts])}; style-src {_hashes(styles)};"
            " img-src data: blob:; media-src data: blob:; base-uri 'none'; form-action 'none'"
        ),
        inline_styles=styles,
        inline_start=start,
        inline_scripts=scripts,
        held=held,
        address=_held_address,
        files_go_here=Markup(PLACE),
    )


def _asset(name: str) -> str:
    return (resources.files("edgeglow.lesson") / "assets" / name).read_text(encoding="utf-8")


def _hashes(texts: list[str]) -> str:
    """Return the hashes of the inline scripts or styles for the content security policy."""
    return " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)


def _held_address(attribute: str, path: object) -> Markup:
    from markupsafe import Markup

    return Markup('data-held-{}="{}"').format(Markup(attribute), str(path))


def _write_block(page: BinaryIO, file: LessonFile, folder: Path) -> None:
    path, kind = escape(str(file.path)), escape(file.type)
    page.write(f'<script type="text/plain" data-path="{path}" data-type="{kind}">'.encode())
    with (folder / file.path).open("rb") as source:
        while piece := source.read(CHUNK):
            page.write(b64encode(piece))
    page.write(b"</script>\n")
