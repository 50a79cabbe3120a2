"""Display of a chapter, or of the whole film, in a notebook."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeglow.film.inputs import FilmInputs
from edgeglow.film.paths import temporary_folder
from edgeglow.film.pipeline import make_film
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest
from edgeglow.film.settings import ASPECTS, CAPTIONS, QUALITIES, FilmSettings, frame_size
from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.training.default_run import media_folder

if TYPE_CHECKING:
    from IPython.display import Video

    from edgeglow.model.run.run import Run
    from edgeglow.scenes.stage.chapter_inputs import DigitLabel, DigitSource, RunSource


def show(
    run: RunSource | None = None,
    chapter: str = "",
    *,
    digit: DigitSource | None = None,
    label: DigitLabel | None = None,
    lang: str = "en",
    theme: str = "dark",
    script: str | PathLike[str] | None = None,
    captions: str = "burnt",
    quality: str = "l",
    aspect: str = "16:9",
    resolution: tuple[int, int] | None = None,
    fps: float | None = None,
    media: str | PathLike[str] | None = None,
    jobs: int = 0,
) -> Video:
    """Return one chapter of a run, or its whole film if none is named, as a video embedded in the notebook.

    Chapters that were rendered before are reused.

    Parameters
    ----------
    run
        A Run, or its file. By default it is the default run, which is trained first if it does not exist.
    chapter
        The chapter's name, as "PixelFlow".
    digit
        A picture of a digit, or a list of them: each is a file, a Pillow image, or an array, (height, width) or
        (height, width, channels).
    label
        The class of the digit, as "7", or a list with one for each digit.
    lang
        The language of the words: "en" or "ko".
    theme
        The colours: "dark" or "light".
    script
        A TOML file with sentences that replace the installed ones.
    captions
        "burnt" draws the captions in the picture, "sidecar" writes them to files beside it, "none" leaves them out.
    quality
        The size of the frames: "l", "m", "h", "p" or "k".
    aspect
        The shape of the frames: "16:9", "1:1" or "9:16".
    resolution
        The width and height in pixels, both even, instead of those of ``quality`` and ``aspect``.
    fps
        The frames per second, instead of those of ``quality``.
    media
        The folder of the files, by default one of its own beside the films.
    jobs
        The number of processes that render; 0 means as many as there are cores and room in memory for.

    Raises
    ------
    InvalidRequest
        A name is unknown, or the resolution is odd. It is an EdgeglowError.
    EdgeglowError
        The run or a picture cannot be read, the chapter cannot show this run, or IPython is missing.

    Examples
    --------
    >>> from edgeglow import Config, show, train
    >>> from edgeglow.model.data.strokes import draw_digits
    >>> run = train(Config(epochs=2), draw_digits(1_000, seed=1), draw_digits(200, seed=2))
    >>> show(run, "PixelFlow", theme="light")
    <IPython.core.display.Video object>
    """
    player = _player()
    width, height, rate = _size(quality, aspect)
    width, height = resolution or (width, height)
    if width % 2 or height % 2:
        raise InvalidRequest(f"resolution {width}x{height}: the width and height of a video must be even")
    _check("captions", captions, CAPTIONS)
    settings = FilmSettings(width, height, fps or rate, language=lang, theme=theme, captions=captions,
                script=Path(script).absolute() if script else None)  # fmt: skip
    names = (chapter,) if chapter else ()
    folder = Path(media).absolute() if media else media_folder() / "notebook"
    request = FilmRequest(names, settings, FilmInputs(Path()), folder, jobs)
    request.chapters()  # report a wrong name or sentence before a training, not after it
    request.words()
    with _file_of(run, digit, label, folder) as file, ProgressBar("preparing", has_lines=False) as bar:
        (output,) = make_film(FilmRequest(names, settings, FilmInputs(file), folder, jobs), bar)
    # The video is embedded, since the file may be overwritten later.
    return player(output.path.read_bytes(), embed=True, mimetype="video/mp4", html_attributes="controls loop")


def _player() -> Any:
    try:
        from IPython.display import Video
    except ImportError as error:
        raise EdgeglowError(
            "show() needs IPython, which every notebook has; elsewhere, use render.py, or the chapter's render()"
        ) from error
    return Video


def _size(quality: str, aspect: str) -> tuple[int, int, float]:
    """Return width, height and frames per second."""
    _check("quality", quality, QUALITIES)
    _check("aspect", aspect, ASPECTS)
    return (*frame_size(quality, aspect), QUALITIES[quality][2])


def _check(what: str, value: object, known: Collection[str]) -> None:
    if value not in known:
        raise InvalidRequest(f"there is no {what} {value!r}; choose one of {', '.join(known)}")


@contextmanager
def _file_of(
    given: RunSource | None, digit: DigitSource | None, label: DigitLabel | None, media: Path
) -> Iterator[Path]:
    """Save the run to show in a temporary file, for the processes that render it."""
    from edgeglow.scenes.stage.chapter_inputs import find_run

    run: Run = find_run(given, digit, label)
    with temporary_folder(media) as folder:
        file = folder / "run.npz"
        run.save(file)
        yield file
