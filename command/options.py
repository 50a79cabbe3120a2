"""Options of the commands. Imports nothing slow, since --help loads this module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
import cloup
from cloup import Choice, IntRange, option, option_group

from edgeglow.command.option_types import (
    FrameRate,
    FrameSize,
    InputPath,
    KnownName,
    NonEmptyText,
    OutputPath,
    SchedulerAddress,
)
from edgeglow.film.settings import ASPECTS, CAPTIONS, FORMATS, LARGEST_SEED, QUALITIES, FilmSettings, frame_size
from edgeglow.model.text.printable import short_repr

path = InputPath()  # a file to read
place = OutputPath()  # a file to write
LONGEST_SIZE = 9  # decimal digits in a layer's size
MOST_DIGITS = 250_000  # limit of the training set: 0.8 GB
as_json = option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
mnist_dir = option("--mnist-dir", type=path, help="Where MNIST's files are (else $MNIST_DIR).")
run_argument = cloup.argument("run_path", metavar="RUN", type=path)
activation = option(
    "--activation",
    metavar="NAME",
    help="Of the hidden layers, where the file does not tell: relu, gelu, leaky_relu:0.2, ..., identity; or one for"
    " each, as relu,tanh.",
)


def _layers(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    sizes = [size.strip() for size in value.replace(",", "-").split("-")]
    if not all(size.isascii() and size.isdigit() and len(size) <= LONGEST_SIZE for size in sizes):
        raise click.BadParameter(f"{short_repr(value)}: expected the layers' sizes, as in 784-16-16-10")
    return tuple(map(int, sizes))


def _shown(name: str, text: str, default: object, **rest: Any) -> Callable[[Any], Any]:
    return option(name, default=default, show_default=True, help=text, **rest)


_sizes = "; ".join(f"{key} {width}x{height} at {fps:g}" for key, (width, height, fps) in QUALITIES.items())
_qualities = Choice(list(QUALITIES), case_sensitive=False)
_formats = Choice(FORMATS, case_sensitive=False)

language = option(
    "--lang", "language", default="en", show_default=True, type=KnownName("language"), metavar="LANG",
    help="Language of the words: en, ko, ...",
)  # fmt: skip
_theme = _shown("--theme", "Colours: dark or light.", "dark", type=KnownName("theme"), metavar="NAME")
_script = option("--script", type=path, metavar="FILE", help="Sentences of your own, instead of installed ones.")
_run = option(
    "--run",
    "run_path",
    type=path,
    help="A run, or a network from elsewhere, which is imported (default: media/runs/default.npz).",
)
_languages = option(
    "--lang",
    "languages",
    multiple=True,
    type=KnownName("language"),
    metavar="LANG",
    help="Language, once for each (default: all there are).",
)
_seed = option(
    "--seed", type=IntRange(0, LARGEST_SEED), metavar="N", help="Random seed, also of a training that comes first."
)
_own = (
    option("--digit", "digits", multiple=True, type=path, metavar="FILE",
           help="A picture of a digit of your own, that the film then follows; more may follow."),
    option("--label", "labels", multiple=True, metavar="NAME", help="What the digit is; once for each, in order."),
)  # fmt: skip
_what = option_group("What is shown", _run, activation, language, _theme, _script, _seed, *_own)
_what_in_all_languages = option_group("What is shown", _run, activation, _languages, _theme, _script, _seed, *_own)
_how = option_group("How it is shown", language, _theme, _script,
                    option("--seed", type=IntRange(0, LARGEST_SEED), metavar="N", help="Random seed."))  # fmt: skip
_picture = option_group(
    "Picture",
    option("-q", "--quality", type=_qualities, default="m", show_default=True, help=f"{_sizes} frames/s."),
    _shown("--aspect", "Shape; -q then says the short side.", "16:9", type=Choice(ASPECTS)),
    option("-r", "--resolution", type=FrameSize(), metavar="W,H", help="Width and height, of any shape."),
    option("--fps", "--frame_rate", "fps", type=FrameRate(), metavar="N", help="Frames a second."),
)
fresh = option("--fresh", "is_fresh", is_flag=True, help="Render all of it, also what was rendered before.")
work = (
    option("--media_dir", "media", type=place, help="Where files go (default: media/)."),
    option(
        "--jobs",
        type=IntRange(1, 256),
        metavar="N",
        help="Processes at once (default: one a core, or what memory allows).",
    ),
    option(
        "--cluster", type=SchedulerAddress(), metavar="ADDRESS", help="Let a dask.distributed cluster do it instead."
    ),
    as_json,
)
_work = option_group("Work", *work)
voice = option(
    "--voice",
    type=NonEmptyText(),
    metavar="DIR|espeak",
    help="Recordings, as DIR/pixel_flow/given.wav; or a spoken draft.",
)
telling = option_group(
    "Telling",
    _shown("--captions", "In the picture, as files beside it, or none.", "burnt", type=Choice(CAPTIONS)),
    voice,
)
again = option_group(
    "Again",
    fresh,
    option("--watch", is_flag=True, help="Render again when run, digits or sentences change, until Ctrl-C."),
)
still_captions = _shown("--captions", "In the picture, or none.", "burnt", type=Choice(("burnt", "none")))
file_format = option_group(
    "File",
    option("--format", "kind", type=_formats, help="Default: mp4, or mov with -t."),
    option("-t", "--transparent", is_flag=True, help="No background: for mov, webm, gif and png."),
    option("-s", "--save_last_frame", "last", is_flag=True, help="Only each chapter's last picture, as PNG."),
    option("-p", "--preview", is_flag=True, help="Open what was made."),
)
_digits = option_group(
    "Digits",
    _shown("--data", "What it learns from.", "strokes", type=Choice(["strokes", "mnist"])),
    option("--count", type=IntRange(1, MOST_DIGITS), metavar="N", help="How many digits to train with."),
    mnist_dir,
)
_network = option_group(
    "Network",
    _shown("--layers", "Neurons in each layer.", "784-16-16-10", callback=_layers, metavar="SIZES"),
    _shown("--hidden", "Activation of hidden layers: sigmoid, tanh, relu, leaky_relu:0.2, elu, gelu, silu, softplus"
           " and others; or one for each, as relu,tanh.", "sigmoid", metavar="NAME"),
    option("--output-layer", "output", default="softmax", show_default=True, metavar="NAME",
           help="Activation of the last layer: softmax or sigmoid."),
)  # fmt: skip
_learning = option_group(
    "Learning",
    _shown("--loss", "cross-entropy or squared.", "cross-entropy", metavar="NAME"),
    _shown("--optimiser", "adam or sgd.", "adam", metavar="NAME"),
    option("--learning-rate", type=float, metavar="X", help="Default: what suits the optimiser."),
    _shown("--momentum", "For sgd.", 0.9, metavar="X"),
    _shown("--batch-size", "Digits in a step.", 32, metavar="N"),
    _shown("--epochs", "How often it sees every digit.", 10, metavar="N"),
    _shown("--snapshots", "How many moments to keep.", 40, metavar="N"),
    _shown("--seed", "The same seed gives the same run.", 0, metavar="N"),
    option("--no-convolution", is_flag=True, help="Leave out the convolutional network to compare with."),
)


def rendering_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of all commands that draw chapters."""
    return _what(_picture(_work(command)))


def lesson_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of commands that render in several languages."""
    return _what_in_all_languages(_picture(_work(command)))


def comparison_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the comparison of two networks."""
    return _how(_picture(_work(command)))


def training_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that describe a training."""
    return _digits(_network(_learning(command)))


def settings_from_options(
    quality: str, aspect: str, resolution: tuple[int, int] | None, fps: float | None, **rest: Any
) -> FilmSettings:
    """Return the settings that the options describe. Raises UsageError when they cannot be encoded."""
    width, height = resolution or frame_size(quality.lower(), aspect)
    settings = FilmSettings(width, height, fps or QUALITIES[quality.lower()][2], **rest)
    if settings.has_half_colour and (width % 2 or height % 2):
        raise click.UsageError(f"{width}x{height}: the width and height of {settings.format} videos must be even")
    return settings
