"""Parts shared by the commands that make a film: the output format, and repeating with --watch."""

from __future__ import annotations

import time
from typing import Any

import click

from edgeglow.command.request_options import files_to_watch, print_outputs, request_from_options


def set_output_format(options: dict[str, Any]) -> None:
    """Set the output format that the options ask for. Raises UsageError when options contradict each other."""
    kind, transparent, last = options["kind"], options["transparent"], options.pop("last")
    if last and kind not in (None, "png"):
        raise click.UsageError(f"-s makes a PNG: leave out --format {kind}")
    kind = "png" if last else kind or ("mov" if transparent else "mp4")
    if transparent and kind == "mp4":
        raise click.UsageError("mp4 cannot be transparent: with -t, use --format mov or webm")
    if options["voice"] and kind in ("gif", "png"):
        raise click.UsageError(f"{kind} has no sound: leave out --voice, or use --format mp4, mov or webm")
    if options["captions"] == "sidecar" and kind == "png":
        raise click.UsageError("captions beside a single picture say nothing: use --captions burnt or none")
    options["kind"] = kind


def render_once_or_watch(chapters: tuple[str, ...], options: dict[str, Any]) -> None:
    """Make what the options ask for, and print it; with ``watch``, again whenever an input has changed."""
    preview = options["preview"]

    def once() -> None:
        nonlocal preview
        start = time.monotonic()
        request = request_from_options(chapters, options, format=options["kind"], transparent=options["transparent"])
        from edgeglow.film.pipeline import make_film, render_last_frames
        from edgeglow.film.progress_bar import ProgressBar

        with ProgressBar("preparing") as bar:
            outputs = (make_film if request.settings.is_video else render_last_frames)(request, bar)
        print_outputs(outputs, request.settings, options["as_json"], time.monotonic() - start)
        for output in outputs if preview else ():
            click.launch(str(output.path))
        preview = False  # open it only the first time

    if options["watch"]:
        from edgeglow.command.watch import repeat_on_change

        repeat_on_change(once, files_to_watch(options))
    else:
        once()
