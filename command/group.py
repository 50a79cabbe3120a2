"""How the command line behaves as a whole: its default command, its help, and how it ends."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import click
import cloup

from model.errors import EdgeglowError, Mistake
from model.text import few_lines

MOST_LINES_OF_USAGE = 12
DEFAULT = "film"
FAILED, INTERRUPTED = 1, 130
OUTPUT = "standard output"


class Commands(cloup.Group):
    """Commands, of which ``film`` is meant where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help", "--version")):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The default command's help, and the other commands."""
        film = self.commands[DEFAULT]
        assert isinstance(film, cloup.Command)
        with film.context_class(film, info_name=ctx.info_name, parent=ctx.parent) as inner:
            film.format_usage(inner, formatter)
            film.format_help_text(inner, formatter)
            film.format_params(inner, formatter)
        self.format_commands(ctx, formatter)
        self.format_epilog(ctx, formatter)

    def main(  # type: ignore[override]  # it never returns
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run, and end the process.

        The exit code is 0, 1 when something went wrong, 2 when the command line is, 130 when stopped.
        """
        name = prog_name or typed_name()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a letter that it cannot write is no reason to end
                stream.reconfigure(errors="backslashreplace")
        extra["standalone_mode"] = False
        keep_streams()
        try:
            with _termination_like_interrupt():
                super().main(args, name, **extra)
            if sys.stdout is not None:
                sys.stdout.flush()  # where that fails, it is told
        except click.ClickException as error:
            said = io.StringIO()
            error.show(said)
            click.echo(few_lines(said.getvalue(), MOST_LINES_OF_USAGE).rstrip(), err=True)
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo(f"{name}: stopped", err=True)
            sys.exit(INTERRUPTED)
        except EdgeglowError as error:
            complain(error, name)
            sys.exit(click.UsageError.exit_code if isinstance(error, Mistake) else FAILED)
        except BrokenPipeError:
            sys.stdout = None  # type: ignore[assignment]  # whoever read it is gone: nothing is left to flush
            sys.exit(FAILED)
        except OSError as error:
            if error.filename == OUTPUT:
                sys.stdout = None  # type: ignore[assignment]  # nor can it at the end
            complain(error, name)
            sys.exit(FAILED)
        sys.exit(0)


class Printed(io.TextIOWrapper):
    """A standard output that says of itself when it cannot be written, and never what cannot be encoded."""

    def write(self, text: str) -> int:
        with _naming_output():
            return super().write(text)

    def flush(self) -> None:
        with _naming_output():
            super().flush()


class Notes(io.TextIOWrapper):
    """A standard error that may be full or gone: what cannot be told must not end what is being made."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def keep_streams() -> None:
    """Open the standard streams that are closed: the next files that are opened would take their numbers, and hold
    whatever libraries print."""
    if sys.stderr is not sys.__stderr__ or isinstance(sys.stderr, Notes):
        return  # somebody listens in, as tests do
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    code = getattr(sys.stdout or sys.stderr, "encoding", None) or "utf-8"
    if sys.stdout is sys.__stdout__:
        sys.stdout = Printed(_stream(1), code, "backslashreplace", line_buffering=os.isatty(1))
    sys.stderr = Notes(_stream(2), code, "backslashreplace", line_buffering=True)


@contextmanager
def _naming_output() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, OUTPUT) from None


def _stream(number: int) -> io.BufferedWriter:
    return io.BufferedWriter(io.FileIO(number, "wb", closefd=False))


def typed_name() -> str:
    """How the program was called: render.py in a clone, edgeglow where it is installed."""
    name = Path(sys.argv[0]).name.removesuffix(".exe")
    return "edgeglow" if name.startswith("-") or not name else name


def complain(error: EdgeglowError | OSError, name: str = "") -> None:
    """Tell what is wrong, after the program's name."""
    context = click.get_current_context(silent=True)
    name = name or (context and context.find_root().info_name) or typed_name()
    message = str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        message = few_lines(where + (error.strerror or str(error)).lower())
    first, *rest = message.splitlines() or [""]
    indent = " " * (len(name) + 2)
    click.echo("\n".join([f"{name}: {first}", *(indent + line.strip() for line in rest)]), err=True)


@contextmanager
def _termination_like_interrupt() -> Iterator[None]:
    """SIGTERM ends the program as Ctrl-C does: with its processes ended and its drafts cleared away."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's business
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
