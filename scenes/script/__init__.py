"""The script: all words said and written on screen, in one TOML file per language, by chapter and beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.text.printable import short_repr
from edgeglow.scenes.script.line_breaks import break_lines, breaks_apart
from edgeglow.scenes.script.script_file import read_pages
from edgeglow.scenes.script.script_parts import (
    Key,
    check_placeholders,
    check_script,
    fill_placeholders,
    merged_pages,
    script_entries,
    similar_names,
)

FOLDER = Path(__file__).parent
USUAL_SUBJECT = "digits"
REFERENCE = "en"  # the language with all keys
LINES_PER_CAPTION = 2
STRETCH = 1.25  # factor by which long numbers may lengthen a line
LEAST_SECONDS = 1.0


def languages() -> tuple[str, ...]:
    """Return the codes of the available languages, English first."""
    codes = (path.stem for path in FOLDER.glob("*.toml"))
    return tuple(sorted(codes, key=lambda code: (code != REFERENCE, code)))


def load_script(language: str, overrides: Path | None = None, theme: str = "") -> Script:
    """Load the script in one language, with the words in the file ``overrides`` replacing the installed ones.

    That file has the structure of an installed one, but needs only the keys that differ. So has the file of a
    ``theme``, in a folder of its name, which says what is seen in its colours.

    Raises
    ------
    EdgeglowError
        There is no such language, or a file has unknown chapters, kinds, keys or placeholders, or values that
        are not strings.
    """
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        known = ", ".join(languages())
        raise EdgeglowError(f"language {language!r}: there is no script {path.name}; choose one of {known}")
    themed = FOLDER / theme / f"{language}.toml" if theme else path
    files = (path, themed if themed.is_file() else path, overrides)
    return _loaded(language, *files, tuple(map(_state, files)))


@lru_cache(maxsize=8)
def _loaded(language: str, path: Path, themed: Path, overrides: Path | None, state: object) -> Script:
    """Return the script, read once while its files are unchanged: in a notebook they may be edited."""
    pages = read_pages(path)
    if themed != path:
        pages = merged_pages(pages, read_pages(themed))
    if language != REFERENCE and (model := FOLDER / f"{REFERENCE}.toml").is_file():
        check_script(path.name, pages, read_pages(model))
    if overrides is None:
        return Script(language, pages)
    own = read_pages(overrides)
    name = (
        str(overrides) if overrides.name == path.name else overrides.name
    )  # a full path, to distinguish it from the installed file
    check_script(name, own, pages)
    check_placeholders(name, own, pages)
    origins = {key: name for key, _ in script_entries(own)}
    return Script(language, merged_pages(pages, own), origins)


def _state(path: Path | None) -> object:
    state = path.stat() if path and path.exists() else None
    return state and (state.st_mtime_ns, state.st_size)


@dataclass(frozen=True)
class Script:
    """The words of one language.

    ``pages`` is the file's content: ``[words]`` with reading speed and separators, then one table per chapter with
    ``title``, ``[chapter.beats]`` and ``[chapter.labels]``. ``origins`` maps keys to the name of the file that
    overrides them. ``subject`` is what the film's network reads: "digits", "pictures" of something else, or "rows"
    of named numbers; some beats have variants for it, as ``hold-rows`` for ``hold``.
    """

    language: str
    pages: Mapping[str, Any]
    origins: Mapping[Key, str] = field(default_factory=dict)
    subject: str = USUAL_SUBJECT
    _filled: dict[str, Key] = field(default_factory=dict, init=False, repr=False, compare=False)

    def title(self, chapter: str) -> str:
        special = f"title-{self.subject}"
        return str(self._find(chapter, special if special in self._find(chapter) else "title"))

    def line(self, chapter: str, beat: str, variant: str = "", **facts: object) -> str:
        """Return the sentence of one beat, with its placeholders filled.

        ``variant`` selects a wording for one kind of network: with "relu", ``hold-relu`` is used instead of ``hold``
        if the script has it. If the network reads rows, ``hold-relu-rows`` is tried before it, and ``hold-rows``
        after it.
        """
        return self._fill(chapter, "beats", beat, variant, facts)

    def label(self, chapter: str, name: str, **facts: object) -> str:
        """Return a text that is written on screen beside a picture."""
        return self._fill(chapter, "labels", name, "", facts)

    def beats(self, chapter: str) -> tuple[str, ...]:
        """Return the beats of a chapter in the file's order, without their variants."""
        return tuple(dict.fromkeys(name.partition("-")[0] for name in self._find(chapter, "beats")))

    def enumeration(self, items: tuple[object, ...]) -> str:
        """Return the items as a list in words: ``16``, ``16 and 16``, ``16, 16 and 10``."""
        words = [str(item) for item in items]
        if len(words) < 2:
            return "".join(words)
        return str(self._find("words", "comma")).join(words[:-1]) + self._find("words", "and") + words[-1]

    def seconds(self, text: str) -> float:
        """Return the seconds that a reader needs for a text."""
        return max(LEAST_SECONDS, len(text) / float(self._find("words", "characters_per_second")))

    @property
    def characters_per_line(self) -> int:
        """Length of a caption's line in the widest frame."""
        return int(self._find("words", "characters_per_line"))

    @property
    def together(self) -> tuple[str, ...]:
        """Pairs of words that stay on one line, as ``break_lines`` takes them."""
        return tuple(self.pages["words"].get("together", ()))

    def splits(self, lines: Sequence[str]) -> bool:
        """Return whether words that belong together stand on two lines."""
        ends = ((line.split()[-1], following.split()[0]) for line, following in pairwise(lines))
        return any(breaks_apart(left, right, self.together) for left, right in ends)

    def lines(self, text: str, count: int = LINES_PER_CAPTION, width: int | None = None) -> list[str]:
        """Break the text into at most ``count`` lines of ``width`` characters (by default the language's).

        A newline in the text is a break (if there are two lines); otherwise lines are broken at pauses, if there are
        any, with about equal lengths, and not between words that belong together: for these, the lines of a narrow
        frame may be a little longer. There are no more lines than needed.

        Raises
        ------
        EdgeglowError
            The text does not fit.
        """
        agreed = width or self.characters_per_line
        found = [break_lines(text, limit, count, self.together) for limit in (agreed, int(STRETCH * agreed))]
        whole = [lines for lines in found if lines and not self.splits(lines)] if count > LINES_PER_CAPTION else []
        for lines in (*whole, *found):
            if lines:
                return lines
        own = self.origins.get(("words", "characters_per_line"))
        limit_of = f", as {own} has them" if own else ""
        raise EdgeglowError(
            f"{self._spot(text)}: {short_repr(text, 120)} has {len(text)} characters and does not fit "
            f"{count} lines of {agreed}{limit_of}; shorten it, or make two beats of it"
        )

    def _fill(self, chapter: str, kind: str, name: str, variant: str, facts: dict[str, object]) -> str:
        table: dict[str, str] = self._find(chapter, kind)
        special = f"{name}-{variant}" if variant else name
        wordings = (f"{special}-{self.subject}", special, f"{name}-{self.subject}")
        key = (chapter, kind, next((wording for wording in wordings if wording in table), name))
        filled = fill_placeholders(f"{self._file(key)}: {'.'.join(key)}", str(self._find(*key)), facts)
        self._filled[filled] = key
        return filled

    def _find(self, *keys: str) -> Any:
        found: Any = self.pages
        for depth, key in enumerate(keys):
            if not isinstance(found, dict) or key not in found:
                near = similar_names(key, found) if isinstance(found, dict) else "known here: nothing"
                what = "" if depth == len(keys) - 1 else f" (there is no {'.'.join(keys[: depth + 1])})"
                raise EdgeglowError(
                    f"{self.language}.toml: {'.'.join(keys)} is missing{what}; add it, as in"
                    f" {FOLDER.name}/{REFERENCE}.toml; {near}"
                )
            found = found[key]
        return found

    def _file(self, key: Key) -> str:
        return self.origins.get(key, f"{self.language}.toml")

    def _spot(self, text: str) -> str:
        """Return file, chapter and key of a sentence that was filled here."""
        key = self._filled.get(text)
        return f"{self._file(key)}: {'.'.join(key)}" if key else f"{self.language}.toml"
