"""What has been made is finished here: joined, given its words and its voice, and put in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from film.join import JOINABLE, Clip, join
from film.order import Order
from film.places import publish, unwritable
from film.sheet import divide, lay_out
from film.sound import Sound, place
from film.subtitles import subrip, webvtt
from film.takes import Take
from film.voice import Voice
from model.run import Run

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


@dataclass(frozen=True)
class Publisher:
    """Finishes what an order asks for. Half-done files lie in ``folder`` until they are whole."""

    order: Order
    folder: Path
    voice: Voice

    def film(self, takes: Sequence[Take]) -> Product:
        """All chapters as one video."""
        path = self._video(takes, FILM_TITLE, f"film{self.order.suffix}")
        return Product("film", path, tuple(takes))

    def clip(self, take: Take) -> Product:
        """One chapter as a video."""
        return Product("clip", self._video([take], take.title, f"{take.name}{self.order.suffix}"), (take,))

    def picture(self, take: Take) -> Product:
        """The last still of a chapter."""
        path = self.order.media / f"{take.name}{self.order.suffix}.png"
        return Product("picture", publish(take.files[-1], path), (take,))

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
        publish(take.files[0].parent, home / name)
        return [Product("stills", publish(sheet, home / sheet.name), (take,)) for sheet in sheets]

    def _video(self, takes: Sequence[Take], title: str, name: str) -> Path:
        kind = self.order.look.format
        target = self.order.media / f"{name}.{kind}"
        draft = takes[0].files[0] if kind not in JOINABLE else self._joined(takes, title, target.name)
        self._words(takes, name)
        return publish(draft, target)

    def _joined(self, takes: Sequence[Take], title: str, name: str) -> Path:
        """One video of the takes, with their voice; a digest in its comment tells which run it shows."""
        order, draft = self.order, self.folder / name
        spots = place((take.told for take in takes), self.voice, order.look.fps)
        try:
            join(
                [Clip(take.files[0], take.title) for take in takes],
                draft,
                title=title,
                language=order.look.language,
                comment=f"edgeglow, run {Run.load(order.run).digest}",
                sound=Sound(tuple(spots)) if self.voice else None,
            )
        except OSError as error:  # PyAV's own errors are among them
            raise unwritable(order.media / name, error) from error
        return draft

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
            publish(draft, home / draft.name)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(path, error) from error
