"""Behaviour of the command line as a whole: default command, help, errors and exit codes."""

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

from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.text.printable import few_lines

MOST_LINES_OF_USAGE = 12
DEFAULT = "film"
FAILED, INTERRUPTED = 1, 130
OUTPUT = "standard output"


class CommandGroup(cloup.Group):
    """Group of commands whose default is ``film``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help", "--version")):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the default command's help, and the list of commands."""
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
        """Run the command line, and end the process.

        The exit code is 0 on success, 1 on an error, 2 for a wrong command line, 130 after Ctrl-C.
        """
        name = prog_name or program_name()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # escape characters that the encoding lacks
                stream.reconfigure(errors="backslashreplace")
        extra["standalone_mode"] = False
        guard_streams()
        try:
            with _termination_like_interrupt():
                super().main(args, name, **extra)
            if sys.stdout is not None:
                sys.stdout.flush()  # an error here is reported below
        except click.ClickException as error:
            said = io.StringIO()
            error.show(said)
            click.echo(few_lines(said.getvalue(), MOST_LINES_OF_USAGE).rstrip(), err=True)
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo(f"{name}: stopped", err=True)
            sys.exit(INTERRUPTED)
        except EdgeglowError as error:
            print_error(error, name)
            sys.exit(click.UsageError.exit_code if isinstance(error, InvalidRequest) else FAILED)
        except BrokenPipeError:
            sys.stdout = None  # type: ignore[assignment]  # the reader is gone: do not flush at exit
            sys.exit(FAILED)
        except OSError as error:
            if error.filename == OUTPUT:
                sys.stdout = None  # type: ignore[assignment]  # flushing at exit would fail again
            print_error(error, name)
            sys.exit(FAILED)
        sys.exit(0)


class NamedStdout(io.TextIOWrapper):
    """Standard output whose errors name it, and that escapes characters which it cannot encode."""

    def write(self, text: str) -> int:
        with _naming_output():
            return super().write(text)

    def flush(self) -> None:
        with _naming_output():
            super().flush()


class TolerantStderr(io.TextIOWrapper):
    """Standard error that ignores write errors: a full or closed log must not stop a render."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def guard_streams() -> None:
    """Open standard streams that are closed, and replace stdout and stderr by ``NamedStdout`` and ``TolerantStderr``.

    Otherwise the next files that are opened would take the numbers 0 to 2, and receive what libraries print.
    """
    if sys.stderr is not sys.__stderr__ or isinstance(sys.stderr, TolerantStderr):
        return  # stderr is captured, as in tests
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    code = getattr(sys.stdout or sys.stderr, "encoding", None) or "utf-8"
    if sys.stdout is sys.__stdout__:
        sys.stdout = NamedStdout(_stream(1), code, "backslashreplace", line_buffering=os.isatty(1))
    sys.stderr = TolerantStderr(_stream(2), code, "backslashreplace", line_buffering=True)


@contextmanager
def _naming_output() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, OUTPUT) from None


def _stream(number: int) -> io.BufferedWriter:
    return io.BufferedWriter(io.FileIO(number, "wb", closefd=False))


def program_name() -> str:
    """Return the program's name as it was called: render.py in a clone, edgeglow if it is installed."""
    name = Path(sys.argv[0]).name.removesuffix(".exe")
    return "edgeglow" if name.startswith("-") or not name else name


def print_error(error: EdgeglowError | OSError, name: str = "") -> None:
    """Print an error after the program's name."""
    context = click.get_current_context(silent=True)
    name = name or (context and context.find_root().info_name) or program_name()
    message = str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        message = few_lines(where + (error.strerror or str(error)).lower())
    first, *rest = message.splitlines() or [""]
    indent = " " * (len(name) + 2)
    click.echo("\n".join([f"{name}: {first}", *(indent + line.strip() for line in rest)]), err=True)


@contextmanager
def _termination_like_interrupt() -> Iterator[None]:
    """Make SIGTERM end the program as Ctrl-C does: it ends its processes and deletes its temporary files."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set signal handlers
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
