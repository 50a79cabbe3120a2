"""Stills of chapters for use by other parts, kept in the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from edgeglow.film.chapter_task import ChapterResult
from edgeglow.film.pipeline import Place, opened_pipeline
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest


@contextmanager
def chapter_stills(requests: Sequence[FilmRequest], bar: ProgressBar) -> Iterator[list[list[ChapterResult]]]:
    """Yield the chapters of each request with a still of the end of every beat, in a folder that is removed later."""
    with opened_pipeline(requests, bar) as pipeline:
        prepared = pipeline.all_prepared
        found: dict[Place, Any] = {place: prepared[place[0]].kept_stills(place[1]) for place in pipeline.places}
        missing = [place for place in found if found[place] is None]
        for place, result in zip(missing, pipeline.photograph(missing), strict=True):
            found[place] = prepared[place[0]].keep_stills(place[1], result)
        yield [[found[film, n] for n in one.numbers] for film, one in enumerate(prepared)]
