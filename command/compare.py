"""`render.py compare`: render two networks side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import cloup
from cloup import argument, option

from edgeglow.command.options import again, comparison_options, file_format, path, telling
from edgeglow.command.render_command import render_once_or_watch, set_output_format
from edgeglow.model.text.printable import short_repr
from edgeglow.model.text.visible_text import is_visible_text


def _names(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",")) if value else ()
    if value is not None and (len(names) != 2 or not all(map(is_visible_text, names)) or names[0] == names[1]):
        raise click.BadParameter(f"{short_repr(value)}: expected two different names, as in good,overfitted")
    return names


@cloup.command()
@argument("first", metavar="A", type=path)
@argument("second", metavar="B", type=path)
@argument("chapters", nargs=-1)
@option("--names", metavar="A,B", callback=_names, help="What the two are called (default: their files' names).")
@comparison_options
@telling
@file_format
@again
def compare(first: Path, second: Path, chapters: tuple[str, ...], names: tuple[str, ...], **rest: Any) -> None:
    """Render two networks side by side on the same digits: TwoNetworks and TwoTrainings, as one film.

    A and B are runs, or networks from elsewhere. With CHAPTERS each of them is a clip of its own.
    """
    set_output_format(rest)
    called = names or _called(first, second)
    given: dict[str, Any] = {"run_path": first, "other": second, "called": called}
    given |= {"activation": None, "digits": (), "labels": ()}
    render_once_or_watch(chapters, rest | given)


def _called(first: Path, second: Path) -> tuple[str, ...]:
    """Return the files' names, with A and B added if they are equal."""
    names = [given.name.split(".")[0] or given.name for given in (first, second)]
    if not all(map(is_visible_text, names)):
        names = ["A", "B"]  # a name has no visible characters
    return tuple(names) if names[0] != names[1] else (f"{names[0]} A", f"{names[1]} B")
