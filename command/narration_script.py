"""Narration script to read aloud: each beat with its words and its length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgeglow.command.reports import minutes_and_seconds
from edgeglow.film.chapter_task import ChapterResult


def reading_rows(results: Sequence[ChapterResult], fps: float) -> list[dict[str, Any]]:
    """Return each chapter with its beats: the name of a beat's recording, its words, and its seconds."""
    return [
        {
            "chapter": result.name,
            "title": result.title,
            "seconds": round(result.frames / fps, 3),
            "beats": [
                {
                    "file": f"{result.page}/{cue.beat}",
                    "text": cue.text,
                    "seconds": round((cue.end_frame - cue.start_frame) / fps, 3),
                }
                for cue in result.cues
            ],
        }
        for result in results
    ]


def reading_text(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows as Markdown."""
    parts = []
    for row in rows:
        parts.append(f"## {row['title']}\n\n{row['chapter']}, {minutes_and_seconds(row['seconds'])}\n")
        parts += [f"- {beat['file']}  {beat['seconds']:.1f} s\n  {beat['text']}\n" for beat in row["beats"]]
    return "\n".join(parts)
