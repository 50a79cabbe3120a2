"""Printable worksheets, one PDF for each language: pictures, sentences, questions with space to answer, and answers.

They are typeset by typst, which the film's formulas need as well.
"""

from __future__ import annotations

import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

from edgeglow.film.paths import make_folder, unwritable_error
from edgeglow.lesson.caption_tracks import in_one_line
from edgeglow.lesson.lesson_data import Edition, Lesson, LessonClip
from edgeglow.lesson.web_page import words_of
from edgeglow.model.errors import EdgeglowError

TEMPLATE = "worksheet.typ"
WORDS = ("name", "date", "your_reason", "key")
PICTURE = 560  # pixels of the longer side of a picture, 250 per inch
FEW = 9  # up to this number, larger pictures still fit on one page


def write_worksheet(lesson: Lesson, folder: Path, target: Path) -> Path:
    """Write the lesson whose files lie in ``folder`` as PDFs into the folder ``target``: lesson-en.pdf and so on.

    Raises EdgeglowError when no installed font has all characters, or a file cannot be read or written.
    """
    from edgeglow.scenes.style.theme import font_family

    font = font_family()
    try:
        make_folder(target)
        with tempfile.TemporaryDirectory(prefix=".pictures-", dir=target.parent) as desk:
            for edition in lesson.editions:
                content = _typeset(_template_data(edition, folder, Path(desk)), font, Path(desk))
                (target / f"lesson-{edition.language}.pdf").write_bytes(content)
    except OSError as error:
        raise unwritable_error(Path(error.filename or target), error) from error
    return target


def _typeset(told: dict[str, Any], font: str, root: Path) -> bytes:
    """Return the PDF; its pictures lie in ``root``."""
    import typst

    template = root / TEMPLATE
    template.write_bytes((resources.files("edgeglow.lesson") / "assets" / TEMPLATE).read_bytes())
    inputs = {"lesson": json.dumps(told, ensure_ascii=False), "font": font}
    try:
        content, warnings = typst.compile_with_warnings(
            template, root=root, format="pdf", sys_inputs=inputs, pdf_standards="ua-1"
        )
    except RuntimeError as error:  # typst's errors
        raise EdgeglowError(f"worksheet: typst cannot set it: {str(error).splitlines()[0]}") from error
    if warnings:  # only missing fonts cause warnings
        raise EdgeglowError(f"worksheet: typst cannot set it: {warnings[0].message}; install the font for all users")
    return content


def _template_data(edition: Edition, folder: Path, desk: Path) -> dict[str, Any]:
    """Return the data for the template."""
    words = words_of(edition)
    return {
        "title": edition.title,
        "language": edition.language,
        "words": {name: words[name] for name in WORDS},
        "clips": [
            {
                "title": clip.title,
                "claim": clip.claim,
                "columns": _columns(clip),
                "pictures": _pictures(clip, folder, desk),
                "questions": [
                    {"ask": one.ask, "choices": one.choices, "answer": one.answer, "why": one.why}
                    for one in clip.questions
                ],
            }
            for clip in edition.clips
        ],
    }


def _columns(clip: LessonClip) -> int:
    """Return the number of pictures in a row."""
    columns = 3 if len(clip.sentences) <= FEW else 4
    return columns + 2 if clip.height > clip.width else columns


def _pictures(clip: LessonClip, folder: Path, desk: Path) -> list[dict[str, str]]:
    """Save the stills of a clip at the size for print; return them with their sentences."""
    from PIL import Image

    shown = []
    for number, (still, sentence) in enumerate(zip(clip.media.stills, clip.sentences, strict=True)):
        name = f"{clip.language}-{clip.slug}-{number}.jpg"
        with Image.open(folder / still.path) as picture:
            picture.thumbnail((PICTURE, PICTURE))
            picture.convert("RGB").save(desk / name, quality=85)
        shown.append({"picture": name, "text": in_one_line(sentence.text)})
    return shown
