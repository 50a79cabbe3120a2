"""`render.py lesson`: make a folder with everything that a teacher needs for a lesson."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
import cloup
from cloup import Choice, IntRange, argument, option, option_group

from edgeglow.command.options import lesson_options, voice
from edgeglow.command.request_options import request_from_options
from edgeglow.model.text.printable import json_text

if TYPE_CHECKING:
    from edgeglow.lesson.lesson_builder import LessonOutput
    from edgeglow.lesson.scorm import Scoring

KINDS = ("zip", "scorm", "one-file", "slides", "powerpoint", "worksheet")
MEGA = 1e6


@cloup.command()
@argument("chapters", nargs=-1)
@lesson_options
@option_group(
    "Pack",
    option("--also", "kinds", multiple=True, type=Choice(KINDS), help="Make this of it, too; may be repeated."),
    option("--one-file", is_flag=True, help="The same as --also one-file: all of it in one HTML file."),
    option("-t", "--transparent", is_flag=True, help="Each clip also without background, as WebM."),
    option("--no-webm", is_flag=True, help="Clips as MP4 alone, which all browsers play."),
    voice,
    option("--fresh", "is_fresh", is_flag=True, help="Render and encode all of it again."),
)
@option_group(
    "SCORM",
    option(
        "--mastery",
        type=IntRange(0, 100),
        metavar="N",
        help="Per cent of right first answers that pass (default: 60).",
    ),
    option("--sco-per-chapter", is_flag=True, help="Each chapter as an activity of its own, scored by itself."),
)
@option_group(
    "Serve",
    option("--serve", is_flag=True, help="Then show it in the browser, from this machine alone, until Ctrl-C."),
    option("--port", type=IntRange(1, 65535), metavar="N", help="At this port (default: one that is free)."),
)
def lesson(chapters: tuple[str, ...], languages: tuple[str, ...], **rest: Any) -> None:
    """Make a lesson of the film, or of CHAPTERS: clips with captions, questions and a page around them.

    The folder media/lesson/ works from a web server, from a file system without a network, and inside other pages.
    Chapters that were rendered before, without captions in the picture, are not rendered again.
    """
    start = time.monotonic()
    kinds = tuple(dict.fromkeys([*rest.pop("kinds"), *(["one-file"] if rest.pop("one_file") else [])]))
    serve, port, transparent = rest.pop("serve"), rest.pop("port"), rest.pop("transparent")
    if port and not serve:
        raise click.UsageError("--port is where --serve shows the lesson: add --serve, or leave it out")
    scoring = _scoring(kinds, rest.pop("mastery"), rest.pop("sco_per_chapter"))
    webm = not rest.pop("no_webm")
    spoken = _checked(languages)
    if rest["script"] and len(spoken) > 1:
        raise click.UsageError("--script holds the sentences of one language: say which, with --lang")
    if rest["voice"] not in (None, "espeak") and len(spoken) > 1:
        raise click.UsageError("--voice is a folder of recordings in one language: say which, with --lang")
    if port:
        from edgeglow.lesson.web_server import check_port

        check_port(port)  # report a used port before rendering, which may take hours
    request = request_from_options(chapters, rest | {"language": spoken[0], "captions": "none"})
    all_settings = [replace(request.settings, language=language, is_small=True) for language in spoken]
    requests = [replace(request, settings=settings) for settings in all_settings]
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.lesson.lesson_builder import make_lesson
    from edgeglow.lesson.slides import check_slides

    if "powerpoint" in kinds:  # report a missing package before rendering
        check_slides()

    for one in requests:  # report a mistake in any language before rendering the first
        one.words()
        one.chapters()
    with ProgressBar("preparing") as bar:
        pack = make_lesson(requests, bar, kinds, transparent=transparent, webm=webm, scoring=scoring)
    _tell(pack.made, rest["as_json"], time.monotonic() - start)
    if serve:
        from edgeglow.lesson.web_server import show_in_browser as show

        show(pack.folder, port=port or 0)


def _scoring(kinds: Sequence[str], mastery: int | None, by_chapter: bool) -> Scoring:
    from edgeglow.lesson.scorm import MASTERY, Scoring

    if "scorm" not in kinds and (by_chapter or mastery is not None):
        name = "--sco-per-chapter" if by_chapter else "--mastery"
        raise click.UsageError(f"{name} is for a SCORM package: add --also scorm, or leave it out")
    return Scoring(MASTERY if mastery is None else mastery, by_chapter)


def _checked(languages: Sequence[str]) -> list[str]:
    """Return the languages asked for, each once, or all installed languages."""
    from edgeglow.model.errors import InvalidRequest
    from edgeglow.scenes.script import languages as installed

    for name in languages:
        if name not in installed():
            raise InvalidRequest(f"there is no language '{name}'; choose from {', '.join(installed())}")
    return list(dict.fromkeys(languages or installed()))


def _tell(made: Sequence[LessonOutput], as_json: bool, seconds: float) -> None:
    from edgeglow.command.reports import minutes_and_seconds
    from edgeglow.film.paths import display_path

    if as_json:
        rows = [
            {"kind": one.kind, "file": str(one.path), "bytes": one.size, "seconds": round(one.seconds, 3)}
            for one in made
        ]
        click.echo(json_text(rows))
        return
    for one in made:
        if one.kind != "clip":
            page = one.path / "index.html"
            click.echo(f"{display_path(page if page.exists() else one.path)}  {one.size / MEGA:.1f} MB")
    for kind in (".mp4", ".webm"):
        clips = [one for one in made if one.kind == "clip" and one.path.suffix == kind]
        length, size = sum(one.seconds for one in clips), sum(one.size for one in clips)
        if length:
            rate = f"{size / MEGA * 60 / length:.1f} MB a minute"
            click.echo(f"{len(clips)} clips as {kind[1:]}: {minutes_and_seconds(length)}, {rate}")
    click.echo(f"made in {minutes_and_seconds(seconds)}", err=True)
