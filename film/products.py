"""What has been made is finished here: joined, given its words and its voice, and put in its place."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from film.cache import Cache, digest_of
from film.join import JOINABLE, Clip, join
from film.order import Order
from film.places import publish, unwritable
from film.sheet import divide, lay_out
from film.sound import Sound, Spot, place
from film.subtitles import subrip, webvtt
from film.takes import Take
from film.version import joining_version
from film.voice import Voice
from model.output_file import check_output

FILM_TITLE = "edgeglow"
WORDS = (".vtt", ".srt")


@dataclass(frozen=True)
class Product:
    """A finished file and the chapters in it."""

    kind: str  # "film", "clip", "picture" or "stills"
    path: Path
    takes: tuple[Take, ...]

    @property
    def frames(self) -> int:
        return sum(take.frames for take in self.takes)

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of the chapters that were there already."""
        return tuple(take.name for take in self.takes if take.was_kept)


@dataclass(frozen=True)
class Publisher:
    """Finishes what an order asks for. Half-done files lie in ``folder`` until they are whole."""

    order: Order
    folder: Path
    voice: Voice
    cache: Cache

    def film(self, takes: Sequence[Take]) -> Product:
        """All chapters as one video."""
        path = self._video(takes, FILM_TITLE, f"{self.order.stem}{self.order.suffix}")
        return Product("film", path, tuple(takes))

    def clip(self, take: Take) -> Product:
        """One chapter as a video."""
        return Product("clip", self._video([take], take.title, f"{take.name}{self.order.suffix}"), (take,))

    def picture(self, take: Take) -> Product:
        """The last still of a chapter."""
        path = self.order.media / f"{take.name}{self.order.suffix}.png"
        return Product("picture", self._publish(take.files[-1], path), (take,))

    def stills(self, take: Take) -> list[Product]:
        """A chapter's stills, and the sheets that they are laid out on."""
        name, look, home = f"{take.name}{self.order.suffix}", self.order.look, self.order.media / "stills"
        parts = divide(len(take.files))
        sheets: list[Path] = []
        for number, (start, end) in enumerate(parts, start=1):
            sheet = self.folder / (f"{name}.png" if len(parts) == 1 else f"{name}-{number}.png")
            title = f"{take.name}   {look.language}   {look.theme}   {look.width}x{look.height}"
            try:
                lay_out(take.files[start:end], take.beats[start:end], title, sheet, first=start + 1)
            except OSError as error:
                raise unwritable(sheet, error) from error
            sheets.append(sheet)
        _remove([home / f"{name}.png", *home.glob(f"{name}-[0-9].png")])
        self._publish(take.files[0].parent, home / name)
        return [Product("stills", self._publish(sheet, home / sheet.name), (take,)) for sheet in sheets]

    def _video(self, takes: Sequence[Take], title: str, name: str) -> Path:
        """Where the takes are joined and have their words; a file that would come out the same is left as it is."""
        kind = self.order.look.format
        target = self.order.media / f"{name}.{kind}"
        spots = place((take.told for take in takes), self.voice, self.order.look.fps)
        comment = f"edgeglow, run {self.order.source.load().digest}"
        recipe = self._recipe(takes, [title, comment], spots)
        is_there = self.cache.is_there(target, recipe)
        try:
            if kind not in JOINABLE:  # copied, since it is kept as it is
                shutil.copyfile(takes[0].files[0], self.folder / target.name)
            elif not is_there:
                self._join(takes, self.folder / target.name, title, comment, spots)
        except OSError as error:  # PyAV's own errors are among them
            raise unwritable(target, error) from error
        self._words(takes, name)
        if not is_there:
            self._publish(self.folder / target.name, target)
            self.cache.note(target, recipe)
        return target

    def _join(
        self, takes: Sequence[Take], draft: Path, title: str, comment: str, spots: Sequence[Spot]
    ) -> None:
        """One video of the takes, with their voice; a digest in its comment tells which run it shows."""
        join(
            [Clip(take.files[0], take.title) for take in takes],
            draft,
            title=title,
            language=self.order.look.language,
            comment=comment,
            sound=Sound(tuple(spots)) if self.voice else None,
        )

    def _recipe(self, takes: Sequence[Take], texts: Sequence[str], spots: Sequence[Spot]) -> str:
        """A digest of all that a video is joined from, and of how that is done."""
        clips = [(take.title, digest_of(take.files[0])) for take in takes]
        sounds = [(spot.start, digest_of(spot.recording.path)) for spot in spots]
        parts = [self.order.look.language, *texts, clips, sounds, joining_version()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _publish(self, draft: Path, target: Path) -> Path:
        """Put a finished file, or a folder of them, in its place; but not in that of what it was made from."""
        check_output(target, *self.order.inputs, is_folder=draft.is_dir())
        return publish(draft, target)

    def _words(self, takes: Sequence[Take], name: str) -> None:
        """The subtitle files of a video, where the order wants them; those of the one before go."""
        # Captions that are in the picture already are not put beside it: players would lay them over it.
        beside, apart = self.order.media, self.order.media / "captions"
        home = {"sidecar": beside, "burnt": apart}.get(self.order.look.captions)
        _remove([folder / f"{name}{kind}" for folder in (beside, apart) if folder != home for kind in WORDS])
        if home is None:
            return
        look, told = self.order.look, [take.told for take in takes]
        texts = (webvtt(told, look.fps, look.language), subrip(told, look.fps))
        for kind, text in zip(WORDS, texts, strict=True):
            draft = self.folder / f"{name}{kind}"
            try:
                draft.write_text(text, encoding="utf-8", newline="\n")
            except OSError as error:
                raise unwritable(home / draft.name, error) from error
            self._publish(draft, home / draft.name)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(path, error) from error
