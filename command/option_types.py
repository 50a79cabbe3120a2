"""Types of option values, checked at once, before anything is imported or begun."""

from __future__ import annotations

import errno
import math
import os
import re
from pathlib import Path
from typing import Any

import click
import cloup

from edgeglow.film.settings import LARGEST, RATES, THEMES, installed_languages, is_frame_rate
from edgeglow.model.text.printable import short_repr

DEEPEST = 2_000  # bytes of an output path: systems allow 4,096, and paths inside it are longer


class InputPath(cloup.Path):
    """Path of a file or folder that is read."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if os.fspath(value) == "":
            self.fail("it is empty, expected a name; or leave the option out", param, ctx)
        try:
            os.lstat(value)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                self.fail(f"{short_repr(str(value))}: the name is too long", param, ctx)
        return super().convert(value, param, ctx)


class OutputPath(InputPath):
    """Path of a file or folder that is written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        try:
            length = len(str(Path(found).absolute()).encode())
        except UnicodeEncodeError:
            self.fail(f"{short_repr(str(found))}: its name is not UTF-8, expected one that is", param, ctx)
        if length > DEEPEST:
            self.fail(
                f"{short_repr(str(found))}: has {length:,} bytes, expected a path of at most {DEEPEST:,}", param, ctx
            )
        return found


class NonEmptyText(click.ParamType):
    """Text that is not empty."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).strip():
            self.fail("it is empty, expected a name; or leave the option out", param, ctx)
        return value


class KnownName(click.ParamType):
    """One of a few names, which are loaded only when needed."""

    name = "name"

    def __init__(self, what: str) -> None:
        self.what = what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        known = installed_languages() if self.what == "language" else THEMES
        if value not in known:
            self.fail(f"there is no {self.what} {short_repr(value)}; choose one of {', '.join(known)}", param, ctx)
        return value


class FrameRate(click.ParamType):
    """Frame rate that encoders accept."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        least, most = RATES[0], RATES[-1]
        try:
            rate = float(value)
        except ValueError:
            rate = math.nan
        if not is_frame_rate(rate):
            told = f"expected a number from {least} to {most} with at most three decimals, as 30 or 29.97"
            self.fail(f"{short_repr(str(value))}: {told}", param, ctx)
        return rate


class FrameSize(click.ParamType):
    """Width and height in pixels."""

    name = "w,h"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        if found := re.fullmatch(r"\s*([0-9]{1,6})\s*[,x;-]\s*([0-9]{1,6})\s*", value):
            size = int(found[1]), int(found[2])
            if min(size) >= 2 and max(size) <= LARGEST:
                return size
        self.fail(
            f"{short_repr(value)}: expected width and height in pixels, as in 1280,720, each from 2 to {LARGEST:,}",
            param,
            ctx,
        )


class SchedulerAddress(NonEmptyText):
    """Address or scheduler file of a cluster."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from edgeglow.film.scheduler import scheduler_at
        from edgeglow.model.errors import EdgeglowError

        try:
            scheduler_at(super().convert(value, param, ctx))
        except EdgeglowError as error:
            self.fail(str(error), param, ctx)
        return value
