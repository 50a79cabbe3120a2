"""A lesson to print: a PDF for each language, set by typst."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typst
from pdfs import pages_in, pictures_in

from edgeglow.lesson import worksheet
from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.worksheet import write_worksheet
from edgeglow.model.errors import EdgeglowError

pytest_plugins = ("browser",)


def test_there_is_a_sheet_for_each_clip_and_a_page_of_answers(made: tuple[Lesson, Path], tmp_path: Path) -> None:
    lesson, folder = made
    target = write_worksheet(lesson, folder, tmp_path / "worksheet")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["lesson-en.pdf", "lesson-ko.pdf", "worksheet"]
    for edition in lesson.editions:
        content = (target / f"lesson-{edition.language}.pdf").read_bytes()
        assert pages_in(content) == len(edition.clips) + 1
        assert pictures_in(content) > 0
        assert edition.title.encode("utf-16-be") in content or edition.title.encode() in content
    before = content
    write_worksheet(lesson, folder, target)
    assert content == before  # and nothing in it tells when it was made


def told(made: tuple[Lesson, Path], tmp_path: Path, language: str) -> dict[str, Any]:
    lesson, folder = made
    (edition,) = (one for one in lesson.editions if one.language == language)
    return worksheet._template_data(edition, folder, tmp_path)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_everything_that_is_said_and_asked_is_on_it(made: tuple[Lesson, Path], tmp_path: Path, language: str) -> None:
    (edition,) = (one for one in made[0].editions if one.language == language)
    page = told(made, tmp_path, language)
    for clip, sheet in zip(edition.clips, page["clips"], strict=True):
        assert [one["text"] for one in sheet["pictures"]] == [one.text for one in clip.sentences]
        assert all((tmp_path / one["picture"]).is_file() for one in sheet["pictures"])
        assert [one["answer"] for one in sheet["questions"]] == [one.answer for one in clip.questions]
    headings = json.loads(
        typst.query(
            (Path(worksheet.__file__).parent / "assets" / worksheet.TEMPLATE).read_bytes(),
            "heading",
            field="level",
            root=tmp_path,
            sys_inputs={"lesson": json.dumps(page), "font": "Noto Sans CJK KR"},
        )
    )
    clips = edition.clips
    sheets = [level for clip in clips for level in (2, *(3 for _ in clip.questions))]
    assert headings == [1, *sheets, 2, *(3 for clip in clips if clip.questions)]


def test_words_are_never_taken_for_markup(made: tuple[Lesson, Path], tmp_path: Path) -> None:
    lesson, folder = made
    first = lesson.editions[0]
    hostile = '#panic("x") $ * _ <b> \\ `` " {'
    asked = replace(first.clips[0].questions[0], ask=hostile, choices=(hostile, "b"), right=0, why=hostile)
    clip = replace(first.clips[0], title=hostile, claim=hostile, questions=(asked,))
    edition = replace(first, title=hostile, clips=(clip,))
    write_worksheet(replace(lesson, editions=(edition,)), folder, tmp_path / "worksheet")
    assert pages_in((tmp_path / "worksheet" / "lesson-en.pdf").read_bytes()) == 2


def test_without_a_font_for_all_letters_it_says_so(
    made: tuple[Lesson, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgeglow.scenes.style.theme.font_family", lambda: "No Such Font")
    with pytest.raises(EdgeglowError, match=r"^worksheet: typst cannot set it: unknown font family"):
        write_worksheet(*made, tmp_path / "worksheet")


def test_a_missing_picture_is_one_line(made: tuple[Lesson, Path], tmp_path: Path) -> None:
    lesson, folder = made
    with pytest.raises(EdgeglowError) as failed:
        write_worksheet(lesson, folder / "elsewhere", tmp_path / "worksheet")
    assert "\n" not in str(failed.value)
