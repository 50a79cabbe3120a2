"""Web page with the clips of a lesson, and a small page for each clip: HTML that needs no server."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from edgeglow.film.paths import make_folder, unwritable_error
from edgeglow.lesson.caption_tracks import in_one_line, tracks_of
from edgeglow.lesson.embed_code import BASE, embed_page_name, snippets_of
from edgeglow.lesson.lesson_data import Edition, Lesson, LessonClip, LessonFile, Question, Sentence
from edgeglow.model.files.output_file import write_atomically

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

INDEX = "index.html"
STYLES = ("page.css", "player.css", "print.css")
START = "start.js"  # runs before anything is shown
PLAYER = ("progress.js", "played.js", "question.js", "controls.js", "player.js")  # scripts of every page with a clip
SCRIPTS = (*PLAYER, "keys.js", "sharing.js", "table.js", "page.js")
EMBED_STYLES = ("page.css", "player.css", "embed.css")
EMBED_SCRIPTS = (*PLAYER, "keys.js", "embed.js")
# "file:" is for browsers that treat files in the same folder as different origins.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data: blob:;"
    " media-src 'self' file: data: blob:; base-uri 'none'; form-action 'none'"
)
# Names of the texts that scripts show. All others are in the HTML already.
SPOKEN = (
    *("answered", "choose", "copied", "covered", "question", "right", "right_answer", "uncopied", "wrong"),
    *("your_answer", "yes", "no", "table_clip", "table_watched", "table_first", "table_right", "table_tries"),
    "table_when",
)
# Seconds that a lesson takes in addition to its videos: for each question, and for each clip's text.
THINKING, STUDYING = 40.0, 45.0


def write_page(lesson: Lesson, folder: Path) -> None:
    """Write the pages of a lesson into the folder of its clips: the main page, its assets, and a page for each clip.

    Raises EdgeglowError when a file cannot be read or written.
    """
    try:
        _copy_assets(make_folder(folder / "assets"))
        write_atomically(folder / INDEX, page_of(lesson, folder).encode())
        for edition in lesson.editions:
            for clip in edition.clips:
                page = _embed_of(lesson, edition, clip, folder)
                write_atomically(folder / "embed" / embed_page_name(clip), page.encode())
    except OSError as error:
        raise unwritable_error(folder, error) from error


def _copy_assets(target: Path) -> None:
    for name in sorted({START, *STYLES, *SCRIPTS, *EMBED_STYLES, *EMBED_SCRIPTS}):
        with resources.as_file(resources.files("edgeglow.lesson") / "assets" / name) as source:
            shutil.copyfile(source, target / name)


def page_of(lesson: Lesson, folder: Path, template: str = INDEX, **options: Any) -> str:
    """Return the page as HTML.

    ``template`` and ``options`` are for the page in one file (lesson/single_file.py) and for SCORM.
    """
    return _filled(template, lesson, folder, {"policy": POLICY, "scripts": (), **options})


def _embed_of(lesson: Lesson, edition: Edition, clip: LessonClip, folder: Path) -> str:
    alone = replace(lesson, editions=(replace(edition, clips=(clip,)),))
    options = {
        "policy": POLICY,
        "root": "../",
        "clip": clip,
        "called": _called(lesson),  # of all languages, for the captions
        "styles": EMBED_STYLES,
        "own_scripts": EMBED_SCRIPTS,
    }
    return _filled("embed.html", alone, folder, options)


def _called(lesson: Lesson) -> dict[str, str]:
    """Return the languages' own names by their codes."""
    return {edition.language: edition.called for edition in lesson.editions}


def _filled(template: str, lesson: Lesson, folder: Path, options: Mapping[str, Any]) -> str:
    called = options.get("called", _called(lesson))
    kept = {
        "lesson": lesson,
        "pages": [EditionPage.of(edition) for edition in lesson.editions],
        "called": called,
        "data": data_of(lesson),
        "root": "",
        "held": None,  # paths of the files that are embedded in the page, if any
        "base": BASE,
        "start": START,
        "styles": STYLES,
        "own_scripts": SCRIPTS,
        "tracks": lambda clip: tracks_of(clip, called, folder),
        **options,
    }
    address: Callable[[str, object], Markup] = options.get("address", _address)
    filled = environment().get_template(template)
    return filled.render(kept, at=lambda name, file: address(name, f"{kept['root']}{file.path}"))


def _address(attribute: str, path: object) -> Markup:
    """Return an HTML attribute with a file's address; a page with embedded files uses another function."""
    from markupsafe import Markup

    return Markup('{}="{}"').format(Markup(attribute), quote(str(path)))


# -- contents of the page ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class EditionPage:
    """One edition for the templates; ``words`` has all texts as attributes."""

    edition: Edition
    words: SimpleNamespace  # not a dict, whose methods could have the name of a text

    @classmethod
    def of(cls, edition: Edition) -> EditionPage:
        return cls(edition, SimpleNamespace(**words_of(edition)))


def words_of(edition: Edition) -> dict[str, str]:
    """Return the texts of the page; those missing in a language are in English."""
    return {**_english(), **edition.words}


@cache
def _english() -> dict[str, str]:
    from edgeglow.scenes.script import REFERENCE, load_script
    from edgeglow.scenes.script.lesson_texts import LESSON

    return dict(load_script(REFERENCE).pages[LESSON]["labels"])


def transcript_of(clip: LessonClip) -> Iterator[Sentence | Question]:
    """Return the sentences and questions of a clip, ordered by time."""
    moments: list[tuple[float, int, Sentence | Question]] = [(one.start, 1, one) for one in clip.sentences]
    moments += [(one.at, 0, one) for one in clip.questions]
    return (one for *_, one in sorted(moments, key=lambda moment: moment[:2]))


def download_files(clip: LessonClip) -> Iterator[tuple[str, str, LessonFile]]:
    """Yield the files of a clip for download: the name of the label, the language if it has one, and the file."""
    media = clip.media
    yield "file_mp4", "", media.mp4
    if media.webm is not None:
        yield "file_webm", "", media.webm
    if media.transparent is not None:
        yield "file_transparent", "", media.transparent
    yield "file_loop", "", media.loop
    yield "file_poster", "", media.poster
    for captions in media.captions:
        yield "file_vtt", captions.language, captions.vtt
        yield "file_srt", captions.language, captions.srt


def data_of(lesson: Lesson) -> dict[str, Any]:
    """Return the data for the page's scripts."""
    return {
        "run": lesson.run,
        "editions": [
            {
                "language": edition.language,
                "title": edition.title,
                "words": {name: words_of(edition)[name] for name in SPOKEN},
                "clips": [
                    {
                        "slug": clip.slug,
                        "title": clip.title,
                        "told": {name: [in_one_line(one.text) for one in told] for name, told in clip.told.items()},
                        "questions": [asdict(question) for question in clip.questions],
                    }
                    for clip in edition.clips
                ],
            }
            for edition in lesson.editions
        ],
    }


@cache
def environment() -> Environment:
    """Return Jinja's environment with the templates, filters and functions."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("edgeglow.lesson", "assets/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"clock": clock_time, "size": readable_size, "line": in_one_line, "data": data_block}
    made.globals |= {"embedded": embed_page_name, "files": download_files, "snippets": snippets_of}
    made.globals |= {"transcript": transcript_of, "time_needed": time_needed, "zip": zip}
    made.tests["question"] = lambda one: isinstance(one, Question)
    return made


def time_needed(edition: Edition) -> str:
    """Return a text with the number of clips and questions, and the minutes needed, a multiple of five."""
    questions = sum(len(clip.questions) for clip in edition.clips)
    film = sum(clip.seconds for clip in edition.clips)
    whole = film + THINKING * questions + STUDYING * len(edition.clips)
    return words_of(edition)["time"].format(
        clips=len(edition.clips), film=clock_time(film), questions=questions, minutes=5 * math.ceil(whole / 300)
    )


def clock_time(seconds: float) -> str:
    """Return seconds as minutes and seconds: 1:05 for 65."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def readable_size(count: int) -> str:
    """Return a number of bytes for people: 1.2 MB, 34 kB."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{max(1, round(count / 1000))} kB"


def data_block(value: object) -> Markup:
    """Return JSON that is safe inside a script block."""
    from markupsafe import Markup

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))
